import { describe, expect, it } from "vitest";
import { bernoulli } from "../src/likelihood/bernoulli.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import type { Likelihood } from "../src/likelihood/likelihood.ts";
import { studentT } from "../src/likelihood/student-t.ts";
import { mlp } from "../src/model/mlp.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { predict } from "../src/predictive/predict.ts";
import { perLayer } from "../src/prior/per-layer.ts";
import { spreadsFor, withSpread } from "../src/spread.ts";
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
    const posterior = async ({ likelihood: noise, prior }: Trained<typeof model, Likelihood>): Promise<Awaited<ReturnType<typeof laplace<typeof model, Likelihood>>>> => laplace(model, noise, data, { prior });
    const [whole, narrow] = [await posterior(mode(likelihood)), await posterior(withSpread(mode(likelihood), 0.25))];
    whole.marginalVariance.forEach((variance, i) => expect(narrow.marginalVariance[i] / variance).toBeCloseTo(0.25, 10));
    const [before, after] = (await Promise.all([predict(whole, [[1, -1]]), predict(narrow, [[1, -1]])])) as unknown as { variance: { get(n: number, k: number): number }; noiseVariance: { get(n: number, k: number): number } }[];
    for (const k of [0, 1]) {
      expect(after.variance.get(0, k) / before.variance.get(0, k)).toBeCloseTo(0.25, 10);
      expect(after.noiseVariance.get(0, k) / before.noiseVariance.get(0, k)).toBeCloseTo(0.25, 10);
    }
  });

  it("of 1 changes nothing, and is the only one without noise", () => {
    const trained = mode(gaussian({ noise: 1 }));
    expect(withSpread(trained, 1)).toBe(trained);
    expect(spreadsFor(bernoulli())).toEqual([1]);
    expect(spreadsFor(gaussian())[0]).toBe(1);
  });
});
