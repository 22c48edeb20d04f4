import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { empiricalFisher, exact } from "../../src/curvature/curvature.ts";
import { toTable, type Data } from "../../src/data.ts";
import { maximizeEvidence, reestimation } from "../../src/evidence/maximize-evidence.ts";
import { withEvidence } from "../../src/evidence/with-evidence.ts";
import { fit } from "../../src/fit.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { studentLogDensity } from "../../src/likelihood/student-t-density.ts";
import { studentT, type StudentTLikelihood } from "../../src/likelihood/student-t.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { random } from "../../src/random.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { adam } from "../../src/training/adam.ts";
import { lbfgs } from "../../src/training/lbfgs.ts";
import { train } from "../../src/training/train.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { differences } from "../support/sixth-order-differences.ts";

/** A wave with noise of 0.1, of which one in `rare` is off by a lot. */
function wave(count: number, rare: number, seed: number): { inputs: number[][]; targets: number[] } {
  const source = random(seed);
  const inputs = Array.from({ length: count }, () => [4 * source.uniform() - 2]);
  return { inputs, targets: inputs.map(([x], n) => Math.sin(2 * x) + ((n + 1) % rare === 0 ? 3 : 0.1) * source.normal()) };
}

const data = wave(80, 8, 1);
const network = mlp([1, 6, 1], { seed: 2 });

/** The log evidence of one output by its definition, with the outer product, or its diagonal, at the weights of the model. */
function denseEvidence(model: Model, { inputs, targets }: Data, logarithms: ArrayLike<number>, { temperature = 1, kept = (h: Matrix) => h } = {}): number {
  const [alpha, scale, nu] = Array.from(logarithms, Math.exp);
  const evaluation = model.evaluate(toTable("inputs", inputs));
  const width = model.parameters.length;
  const j = Matrix.from1DArray(evaluation.outputs.length, width, evaluation.jacobian());
  const h = kept(j.transpose().mmul(j)).mul((nu + 1) / (nu + 3) / scale ** 2 / temperature);
  const logDeterminant = eigenvalues(h.add(Matrix.eye(width).mul(alpha))).reduce((sum, value) => sum + Math.log(value / alpha), 0);
  const logLikelihood = evaluation.outputs.reduce((sum, f, n) => sum + studentLogDensity((f - (targets as number[])[n]) / scale, nu) - Math.log(scale), 0);
  return logLikelihood / temperature - 0.5 * (alpha * model.parameters.reduce((sum, w) => sum + w * w, 0) + logDeterminant);
}

function logarithmsOf({ prior, likelihood }: Pick<Posterior<Model, StudentTLikelihood>, "prior" | "likelihood">): number[] {
  return [prior.precisions[0], likelihood.scale, likelihood.degreesOfFreedom].map(Math.log);
}

describe("training with studentT()", () => {
  it("ends where weights are at their mode and the evidence has no slope in any hyperparameter", async () => {
    const trained = await train(network, studentT({ degreesOfFreedom: 10 }), data, { prior: isotropic(1), gradientTolerance: 1e-10 });
    expect(trained.stopped).toBe("gradient");
    expect(trained.discrepancy).toBeLessThan(1e-5);
    expect(trained.likelihood.degreesOfFreedom).toBeLessThan(5);
    expect(trained.likelihood.scale).toBeGreaterThan(0.05);
    expect(trained.likelihood.scale).toBeLessThan(0.15);
    const slopes = differences((at) => [denseEvidence(trained.model, data, at)], logarithmsOf(trained));
    if (trained.likelihood.degreesOfFreedom === 2.1) expect(slopes[2]).toBeLessThan(0);
    expectClose(slopes.slice(0, 2), [0, 0], 1e-3);
    const posterior = await laplace(trained.model, trained.likelihood, data, { prior: trained.prior });
    expectRelativelyClose([posterior.logEvidence], [denseEvidence(trained.model, data, logarithmsOf(trained))], 1e-10);
  });

  it("says by its own name that a scale was left open", async () => {
    await expect(train(network, studentT(), data, { reestimate: false })).rejects.toThrow(/^reestimate: expected true, as the noise was left open with studentT\(\).*studentT\(\{ scale \}\)/);
    await expect(train(network, studentT(), data, { method: lbfgs() })).rejects.toThrow(/^The noise was left open with studentT\(\), but lbfgs/);
    await expect(train(network, studentT(), { inputs: [[1]], targets: [1] })).rejects.toThrow(/^noise: expected at least two target values/);
  });

  it("leaves alone what is fixed", async () => {
    const { likelihood } = await train(network, studentT({ degreesOfFreedom: 5, fixed: "degreesOfFreedom" }), data, { prior: isotropic(1) });
    expect(likelihood.degreesOfFreedom).toBe(5);
    expect(likelihood.estimated).toBe(false);
    const known = studentT({ scale: 0.1, degreesOfFreedom: 3, fixed: true });
    expect((await train(network, known, data, { reestimate: true })).likelihood).toBe(known);
  });
});

describe("maximizeEvidence with data", () => {
  const start = studentT({ scale: 0.3, degreesOfFreedom: 20 });
  const cases = [
    { name: "full()", structure: full({ space: "weight" }), kept: (h: Matrix) => h },
    { name: "full() in function space", structure: full({ space: "function" }), kept: (h: Matrix) => h },
    { name: "diagonal()", structure: diagonal(), kept: (h: Matrix) => Matrix.diag(h.diagonal()) },
  ];
  const trained = train(network, studentT({ scale: 0.2 }), wave(80, 8, 1), { prior: isotropic(0.1) });
  // Gaussian noise of two sizes: neither as heavy as can be nor as light.
  const source = random(3);
  const mild: Data = { inputs: data.inputs, targets: data.inputs.map(([x], n) => Math.sin(2 * x) + (n % 3 === 0 ? 0.3 : 0.1) * source.normal()) };

  it.each(cases.flatMap((row) => [1, 0.7].map((temperature) => ({ ...row, temperature }))))("comes to the greatest evidence of $name at temperature $temperature", async ({ structure, kept, temperature }) => {
    const { model } = await trained;
    const posterior = await laplace(model, start, mild, { prior: isotropic(3), structure, temperature });
    expectRelativelyClose([posterior.logEvidence], [denseEvidence(model, mild, logarithmsOf(posterior), { temperature, kept })], 1e-10);
    const { posterior: tuned, stopped } = reestimation(posterior, { data: mild, tolerance: 1e-9 });
    expect(stopped).toBe("converged");
    expect(tuned.logEvidence).toBeGreaterThan(posterior.logEvidence + 1);
    expect(tuned.likelihood.degreesOfFreedom).toBeGreaterThan(2.2);
    expect(tuned.likelihood.degreesOfFreedom).toBeLessThan(900);
    const slopes = differences((at) => [denseEvidence(model, mild, at, { temperature, kept })], logarithmsOf(tuned));
    expectClose(slopes, [0, 0, 0], 1e-6);
    // What is kept of the data is what laplace() would have.
    const again = await laplace(model, tuned.likelihood, mild, { prior: tuned.prior, structure, temperature });
    expectRelativelyClose([tuned.logEvidence, tuned.effectiveParameters], [again.logEvidence, again.effectiveParameters], 1e-10);
    expectClose(tuned.gradient, again.gradient, 1e-9);
    expectRelativelyClose([maximizeEvidence(posterior, { data: mild, method: "gradient" }).logEvidence], [tuned.logEvidence], 1e-8);
  });

  it("moves the prior alone without data, or where that is asked for", async () => {
    const { model } = await trained;
    const posterior = await laplace(model, start, mild, { prior: isotropic(3) });
    for (const options of [{}, { data: mild, estimate: "prior" } as const]) {
      const tuned = maximizeEvidence(posterior, options);
      expect(tuned.likelihood).toBe(start);
      expect(tuned.prior.precisions[0]).not.toBe(3);
    }
    const noise = maximizeEvidence(posterior, { data: mild, estimate: "noise" });
    expect(noise.prior.precisions[0]).toBe(3);
    expect(noise.likelihood.scale).not.toBe(0.3);
  });

  it("says what is missing or does not fit", async () => {
    const { model } = await trained;
    const posterior = await laplace(model, start, mild);
    expect(() => maximizeEvidence(posterior, { estimate: "noise" })).toThrow(/^estimate: the noise of the likelihood \(student t.*Pass them: maximizeEvidence\(posterior, \{ data \}\)/);
    const fisher = await laplace(model, start, mild, { curvature: empiricalFisher() });
    expect(() => maximizeEvidence(fisher, { data: mild })).toThrow(/^data: .*outer product alone, and this is empirical Fisher/);
    expect(() => maximizeEvidence(posterior, { data: { inputs: [[1, 2]], targets: [1] } })).toThrow(/inputs/);
    expect(() => posterior.with({ likelihood: studentT({ scale: 1 }) })).toThrow(/^likelihood: expected student t, scale 0.3000, 20.00 degrees of freedom, as the data were seen with/);
    expect(posterior.with({ likelihood: start, temperature: 2 }).temperature).toBe(2);
    await expect(laplace(model, studentT(), mild)).rejects.toThrow(/^scale: .*Pass on the likelihood that train\(\) or fit\(\) returns/);
  });
});

describe("fit with studentT()", () => {
  const methods = [
    { name: "Levenberg-Marquardt", options: {} },
    { name: "rounds of L-BFGS", options: { method: lbfgs(), prior: isotropic(1), gradientTolerance: 1e-4 } },
    { name: "rounds with the exact Hessian", options: { curvature: exact(), structure: diagonal(), prior: isotropic(1), gradientTolerance: 1e-4 } },
    { name: "Adam with evidence", options: { method: withEvidence(adam({ epochs: 300, learningRate: 0.03 })), prior: perLayer(1) } },
  ];

  it.each(methods)("is robust: $name", async ({ options }) => {
    const fitted = await fit(network, studentT(), data, options);
    expect(fitted.likelihood.estimated).toBe(false);
    const plain = await fit(network, gaussian(), data, { prior: perLayer(1) });
    expect(fitted.logEvidence).toBeGreaterThan(plain.logEvidence + 5);
    const clean = wave(200, Infinity, 5);
    const error = async (of: typeof fitted | typeof plain): Promise<number> => {
      const { mean } = await of.predict(clean.inputs);
      return Math.hypot(...clean.inputs.map(([x], n) => mean.get(n, 0) - Math.sin(2 * x))) / Math.sqrt(200);
    };
    expect(await error(fitted)).toBeLessThan(0.5 * (await error(plain)));
  });

  it("is as good as gaussian() where there are no outliers", async () => {
    const calm = wave(100, Infinity, 4);
    const [robust, plain] = [await fit(network, studentT(), calm, { prior: perLayer(1) }), await fit(network, gaussian(), calm, { prior: perLayer(1) })];
    expect(robust.logEvidence).toBeGreaterThan(plain.logEvidence - 0.1);
    expect(robust.likelihood.degreesOfFreedom).toBeGreaterThan(10);
  });

  it("takes several outputs of different units, and any units at all", async () => {
    const both = data.targets.map((t) => [t, 1000 * t + 5]);
    const two = await fit(mlp([1, 6, 2], { seed: 2 }), studentT(), { inputs: data.inputs, targets: both }, { prior: perLayer(1) });
    const { scale, scales } = two.likelihood;
    expectRelativelyClose([scale * scales![1]], [1000 * scale * scales![0]], 1e-10);
    const [one, large] = await Promise.all([1, 1e4].map((unit) => fit(network, studentT(), { inputs: data.inputs, targets: data.targets.map((t) => unit * t) }, { prior: perLayer(1) })));
    expectRelativelyClose([large.likelihood.scale, large.likelihood.degreesOfFreedom], [1e4 * one.likelihood.scale, one.likelihood.degreesOfFreedom], 1e-3);
    expectClose([large.logEvidence + 80 * Math.log(1e4)], [one.logEvidence], 1e-4);
  });
});
