import { describe, expect, it } from "vitest";
import { bernoulli } from "../src/likelihood/bernoulli.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import type { Likelihood } from "../src/likelihood/likelihood.ts";
import { studentT } from "../src/likelihood/student-t.ts";
import { mlp } from "../src/model/mlp.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { predict } from "../src/predictive/predict.ts";
import { perLayer } from "../src/prior/per-layer.ts";
import { spreadsFor, withSpread } from "../src/spread.ts";
import { full } from "../src/structure/full.ts";
import { kronecker } from "../src/structure/kronecker.ts";
import type { Trained } from "../src/training/train.ts";
import { normals } from "./support/random-numbers.ts";

const model = mlp([2, 3, 2], { seed: 1 });
const data = { inputs: { data: normals(20, 1), shape: [10, 2] as const }, targets: { data: normals(20, 2), shape: [10, 2] as const } };

/** As training leaves it; where the mode is does not matter here. */
function mode<L extends Likelihood>(likelihood: L): Trained<typeof model, L> {
  return { model, likelihood, prior: perLayer([0.3, 2]).bind(model), loss: 0, gradientNorm: 0, iterations: 0, stopped: "gradient" };
}

describe("the spread", () => {
  it.each([
    ["gaussian", gaussian({ noise: 0.4 })],
    ["gaussian, with scales", gaussian({ noise: 0.4, scales: [1, 3] })],
    ["student t", studentT({ scale: 0.4, degreesOfFreedom: 5 })],
  ])("multiplies all variances, %s", async (_, likelihood: Likelihood) => {
    const training = mode(likelihood);
    const whole = await laplace(model, likelihood, data, { prior: training.prior });
    const narrow = await withSpread({ training, posterior: whole }, 0.25, data, {});
    whole.marginalVariance.forEach((variance, i) => expect(narrow.marginalVariance[i] / variance).toBeCloseTo(0.25, 10));
    const [before, after] = (await Promise.all([predict(whole, [[1, -1]]), predict(narrow, [[1, -1]])])) as unknown as { variance: { get(n: number, k: number): number }; noiseVariance: { get(n: number, k: number): number } }[];
    for (const k of [0, 1]) {
      expect(after.variance.get(0, k) / before.variance.get(0, k)).toBeCloseTo(0.25, 10);
      expect(after.noiseVariance.get(0, k) / before.noiseVariance.get(0, k)).toBeCloseTo(0.25, 10);
    }
  });

  it.each([
    ["bernoulli", bernoulli(), [[0, 1], [1, 0], [1, 1]]],
    ["categorical", categorical(), [0, 1, 1]],
  ])("multiplies the covariance of the weights where there is no noise, %s", async (_, likelihood: Likelihood, targets) => {
    const training = mode(likelihood);
    const examples = { inputs: [[0, 1], [1, 0], [-1, 2]], targets };
    for (const structure of [full(), kronecker()]) {
      const whole = await laplace(model, likelihood, examples, { prior: training.prior, structure });
      const narrow = await withSpread({ training, posterior: whole }, 0.03, examples, {});
      narrow.marginalVariance.forEach((variance, i) => expect(variance / whole.marginalVariance[i]).toBeCloseTo(0.03, 10));
      expect(narrow.mean).toEqual(whole.mean);
    }
  });

  it("of 1 changes nothing, and comes first", async () => {
    const training = mode(gaussian({ noise: 1 }));
    const posterior = await laplace(model, training.likelihood, data, { prior: training.prior });
    expect(await withSpread({ training, posterior }, 1, data, {})).toBe(posterior);
    for (const likelihood of [gaussian(), bernoulli()]) expect(spreadsFor(likelihood)[0]).toBe(1);
    // Pooled instead.
    expect(spreadsFor(studentT())).toEqual([1]);
  });
});
