import { EigenvalueDecomposition, Matrix, inverse } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { exact, outerProduct, type CurvatureKind } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { maximizeEvidence } from "../../src/evidence/maximize-evidence.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace, withMoreData } from "../../src/posterior/laplace.ts";
import { predict } from "../../src/predictive/predict.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { full } from "../../src/structure/full.ts";
import { lowRank } from "../../src/structure/low-rank.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";

const inputs = Array.from({ length: 12 }, (_, n) => Array.from(normals(2, n)));
const data = { inputs, targets: inputs.map(([a, b]) => [Math.sin(a) + b, a * b]) };
const likelihood = gaussian({ noise: 0.3 });
const network = mlp([2, 4, 2], { seed: 1 });
const width = network.parameters.length;

/** The part of a symmetric matrix that its largest positive eigenvalues make. */
function leading(matrix: Matrix, rank: number): Matrix {
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const least = [...values].sort((a, b) => b - a)[Math.min(rank, values.length) - 1];
  const kept = values.map((value) => (value >= least && value > 0 ? value : 0));
  return vectors.mmul(Matrix.diag(kept)).mmul(vectors.transpose());
}

const square = (values: Float64Array): Matrix => Matrix.from1DArray(width, width, values);

describe.each<[string, CurvatureKind]>([["outer product", outerProduct()], ["exact Hessian", exact()]])("lowRank() of the %s", (_, curvature) => {
  it.each([1, 3, 10, 1000])("keeps the %d largest eigenvalues", async (rank) => {
    const prior = perLayer([50, 80]);
    const whole = await laplace(network, likelihood, data, { curvature, structure: full({ space: "weight" }), prior: isotropic(1e4) });
    const kept = leading(square(whole.data.curvature.dense()), rank);
    const posterior = await laplace(network, likelihood, data, { curvature, structure: lowRank({ rank }), prior });
    expectClose(posterior.data.curvature.dense(), kept.to1DArray(), 1e-9);
    const precision = Matrix.mul(kept, likelihood.precision).add(Matrix.diag(Array.from(posterior.prior.groupOf, (g) => posterior.prior.precisions[g])));
    const covariance = inverse(precision);
    expectClose(posterior.covariance().to1DArray(), covariance.to1DArray(), 1e-8);
    expectClose(posterior.marginalVariance, covariance.diagonal(), 1e-8);
    const logDeterminant = new EigenvalueDecomposition(precision, { assumeSymmetric: true }).realEigenvalues.reduce((sum, value) => sum + Math.log(value), 0);
    expectClose([posterior.precision.logDeterminant], [logDeterminant], 1e-9);
    const units = Matrix.eye(width).to2DArray().map((unit) => Array.from(posterior.precision.sample(Float64Array.from(unit))));
    expectClose(new Matrix(units).transpose().mmul(new Matrix(units)).to1DArray(), covariance.to1DArray(), 1e-8);
  });
});

describe("lowRank()", () => {
  it("has the predictions and the evidence of full() once the rank is that of the curvature", async () => {
    const [whole, kept] = await Promise.all([full(), lowRank()].map((structure) => laplace(network, likelihood, data, { structure })));
    const x = [[0.3, -1], [4, 4]];
    expectClose((await predict(kept, x)).variance.to1DArray(), (await predict(whole, x)).variance.to1DArray(), 1e-8);
    expectClose([maximizeEvidence(kept).logEvidence], [maximizeEvidence(whole).logEvidence], 1e-8);
  });

  it("loses little of a posterior where eigenvalues decay, and errs on the side of the prior", async () => {
    const { model, prior } = await train(mlp([2, 15, 2], { seed: 2 }), likelihood, data);
    const whole = await laplace(model, likelihood, data, { prior });
    const gammas = await Promise.all([2, 6, 12, 24].map(async (rank) => (await laplace(model, likelihood, data, { prior, structure: lowRank({ rank }) })).effectiveParameters));
    for (const [i, gamma] of gammas.entries()) expect(gamma).toBeGreaterThan(i === 0 ? 0 : gammas[i - 1]);
    expect(gammas.at(-1)).toBeCloseTo(whole.effectiveParameters, 6);
  });

  it("keeps the leading part of what batches kept", async () => {
    const part = (from: number, to: number) => ({ inputs: inputs.slice(from, to), targets: data.targets.slice(from, to) });
    const structure = lowRank({ rank: 4 });
    const first = await laplace(network, likelihood, part(0, 6), { structure });
    const second = await laplace(network, likelihood, part(6, 12), { structure });
    const expected = leading(square(first.data.curvature.dense()).add(square(second.data.curvature.dense())), 4);
    expectClose((await withMoreData(first, part(6, 12))).data.curvature.dense(), expected.to1DArray(), 1e-9);
    expect(second.data.curvature.plus(first.data.curvature).parts).toHaveLength(4);
  });

  it("has nothing but the prior where the data say nothing", async () => {
    const flat = await laplace(mlp([1, 2], { biases: false }), likelihood, { inputs: [0, 0], targets: [[1, 1], [2, 2]] }, { structure: lowRank(), prior: isotropic(3) });
    expectClose(flat.marginalVariance, [1 / 3, 1 / 3], 1e-15);
    expect(flat.effectiveParameters).toBe(0);
  });

  it.each([0, 1.5, NaN, "2"])("refuses the rank %s", (rank) => {
    expect(() => lowRank({ rank: rank as number })).toThrow(InvalidArgumentError);
  });

  it("adds up with its own kind alone", async () => {
    const [a, b, c] = [
      await laplace(network, likelihood, data, { structure: lowRank() }),
      await laplace(network, likelihood, data),
      await laplace(mlp([2, 2]), likelihood, data, { structure: lowRank() }),
    ];
    expect(() => a.data.curvature.plus(b.data.curvature)).toThrow(/^other: expected low rank curvature of 22 parameters, got full curvature/);
    expect(() => a.data.curvature.plus(c.data.curvature)).toThrow(/^other: expected low rank curvature of 22 parameters, got that of 6 parameters/);
    expect(() => b.data.curvature.plus(a.data.curvature)).toThrow(InvalidArgumentError);
  });
});

describe("a rank that is too low", () => {
  it("is told by the summary, as its evidence is too high", async () => {
    const of = (rank: number) => laplace(network, likelihood, data, { structure: lowRank({ rank }), prior: isotropic(1) });
    const [low, enough] = [await of(2), await of(1000)];
    expect(low.summary()).toMatch(/warning +the rank is too low/);
    expect(enough.summary()).not.toMatch(/rank is too low/);
    expect(low.logEvidence).toBeGreaterThan(enough.logEvidence);
  });
});
