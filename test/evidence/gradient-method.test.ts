import { beforeAll, describe, expect, it } from "vitest";
import { empiricalFisher, exact } from "../../src/curvature/curvature.ts";
import { evidenceGradient } from "../../src/evidence/evidence-gradient.ts";
import { maximizeEvidence, reestimation } from "../../src/evidence/maximize-evidence.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace, type LaplaceOptions } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { train } from "../../src/training/train.ts";
import { STRUCTURES } from "../conformance-rows.ts";
import { expectClose } from "../support/close.ts";
import { noisySine, plane, trainedSine, type Problem } from "../support/regression.ts";

let sine: Problem;
beforeAll(async () => {
  sine = await trainedSine();
});

const logarithms = ({ prior, likelihood }: Posterior): number[] => [...prior.precisions, likelihood.precision].map(Math.log);

describe.each(STRUCTURES)("the maximum of the evidence of $name", ({ structure, precisions }) => {
  it.each([isotropic(0.5), perLayer([1, 2]), automaticRelevance(3)])("is the same by both methods, $name", async (prior) => {
    const posterior = await laplace(sine.model, sine.likelihood, sine.data, { structure, prior });
    const [fixedPoint, gradient] = (["fixedPoint", "gradient"] as const).map((method) => reestimation(posterior, { method, tolerance: 1e-9 }));
    expect([fixedPoint.stopped, gradient.stopped]).toEqual(["converged", "converged"]);
    expectClose(logarithms(gradient.posterior), logarithms(fixedPoint.posterior), 1e-7);
    const { logPriorPrecisions, logNoisePrecision } = evidenceGradient(gradient.posterior);
    expectClose([...logPriorPrecisions, logNoisePrecision], new Float64Array(logPriorPrecisions.length + 1), 1e-7);
  });

  it("has a precision for each weight", async () => {
    if (precisions !== undefined) return;
    const posterior = await laplace(sine.model, sine.likelihood, sine.data, { structure, prior: perWeight(sine.model.parameters.map((_, i) => 1 + (i % 2))) });
    const { stopped, posterior: tuned, history } = reestimation(posterior, { method: "gradient" });
    expect(stopped).toBe("converged");
    const { logPriorPrecisions, logNoisePrecision } = evidenceGradient(tuned);
    expectClose([...logPriorPrecisions, logNoisePrecision], new Float64Array(tuned.prior.precisions.length + 1), 1e-4);
    const course = [posterior.logEvidence, ...history.map(({ logEvidence }) => logEvidence)];
    course.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(course[i] - 1e-9));
  });
});

describe("re-estimation by gradient", () => {
  const cases: readonly { readonly name: string; readonly options: LaplaceOptions }[] = [
    { name: "at another temperature", options: { temperature: 0.3 } },
    { name: "from a prior that is much too strong", options: { prior: isotropic(1e6) } },
    { name: "from a prior that is much too weak", options: { prior: perLayer(1e-6) } },
    { name: "of the empirical Fisher", options: { curvature: empiricalFisher() } },
    { name: "of the exact Hessian", options: { curvature: exact(), prior: isotropic(1) } },
  ];
  it.each(cases)("agrees with MacKay's equations $name", async ({ options }) => {
    const { model, likelihood, data } = plane(40);
    const posterior = await laplace(model, likelihood, data, options);
    const [fixedPoint, gradient] = (["fixedPoint", "gradient"] as const).map((method) => maximizeEvidence(posterior, { method, tolerance: 1e-9 }));
    expectClose(logarithms(gradient), logarithms(fixedPoint), 1e-6);
  });

  it("converges where MacKay's equations need more than a thousand steps", async () => {
    // 61 weights, 20 targets, twice as many effective parameters: noise and prior hang together.
    const [data, likelihood, prior] = [noisySine(20, 5), gaussian({ noise: 0.1 }), isotropic(0.1)];
    const { model } = await train(mlp([1, 20, 1], { seed: 1 }), likelihood, data, { prior });
    const start = await laplace(model, likelihood, data, { structure: diagonal(), prior: perLayer() });
    const [fixedPoint, gradient] = (["fixedPoint", "gradient"] as const).map((method) => reestimation(start, { method }));
    expect([fixedPoint.stopped, gradient.stopped]).toEqual(["iterations", "converged"]);
    expect(gradient.history.length).toBeLessThan(50);
    expectClose([gradient.posterior.logEvidence], [fixedPoint.posterior.logEvidence], 1e-9);
  });

  it("moves what it is asked to, to the last digit", async () => {
    const start = await laplace(sine.model, sine.likelihood, sine.data, { prior: perLayer([3, 4]) });
    expect(maximizeEvidence(start, { method: "gradient", estimate: "prior" }).likelihood.noise).toBe(0.1);
    expect([...maximizeEvidence(start, { method: "gradient", estimate: "noise" }).prior.precisions]).toEqual([3, 4]);
    const known = await laplace(sine.model, gaussian({ noise: 0.25, fixed: true }), sine.data, { prior: isotropic(2, { fixed: true }) });
    const same = maximizeEvidence(known, { method: "gradient" });
    expect([same.likelihood.noise, same.prior.precisions[0]]).toEqual([0.25, 2]);
  });

  it("takes precisions no further than their limits, and leaves alone those that the data say nothing about", async () => {
    const { model, likelihood, data } = plane(20);
    const inputs = (data.inputs as number[][]).map((row) => [...row, 0]);
    // The first weight is at the prior's mean; the third meets an input that is 0.
    const weights = [0, model.parameters[1], 0.7];
    for (const structure of [full(), diagonal()]) {
      const posterior = await laplace(mlp([3, 1], { biases: false, parameters: weights }), likelihood, { inputs, targets: data.targets }, { prior: perWeight([1, 1, 3]), structure });
      const { posterior: { prior }, stopped } = reestimation(posterior, { method: "gradient" });
      expect(stopped).toBe("converged");
      expect(prior.precisions[0]).toBe(1e12);
      expect(prior.precisions[1]).toBeGreaterThan(1);
      expect(prior.precisions[1]).toBeLessThan(10);
      expect(prior.precisions[2]).toBe(3);
    }
  });

  it("comes back from priors that an exact Hessian cannot bear", async () => {
    // f = w1 w2 x: where the data error bends downwards in one direction, no weak prior makes a Gaussian.
    const model = mlp([1, 1, 1], { biases: false, parameters: [0.6, 0.9] });
    const data = { inputs: [-1, -0.5, 0.5, 1, 2], targets: [-1.1, -0.4, 0.6, 0.9, 2.1] };
    const start = await laplace(model, gaussian({ noise: 0.5 }), data, { curvature: exact(), prior: isotropic(60) });
    const { posterior, history } = reestimation(start, { method: "gradient", estimate: "prior" });
    expect(posterior.logEvidence).toBeGreaterThan(start.logEvidence);
    expect(history.every(({ logEvidence }) => Number.isFinite(logEvidence))).toBe(true);
  });

  it("tunes the prior of classes", async () => {
    const start = await laplace(mlp([1, 1], { parameters: [1, 0.2] }), bernoulli(), { inputs: [-2, -1, 1, 2], targets: [0, 1, 0, 1] });
    const tuned = maximizeEvidence(start, { method: "gradient", tolerance: 1e-10 });
    expect(2 * tuned.prior.precisions[0] * 0.5 * (1 + 0.04)).toBeCloseTo(tuned.effectiveParameters, 8);
  });

  it("says that a model that fits the targets exactly leaves no noise to estimate", async () => {
    const posterior = await laplace(mlp([1, 1], { biases: false, parameters: [2] }), gaussian({ noise: 1 }), { inputs: [1, 2], targets: [2, 4] });
    expect(() => maximizeEvidence(posterior, { method: "gradient" })).toThrow(/^noise: expected residuals to estimate it from/);
  });
});
