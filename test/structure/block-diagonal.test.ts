import fc from "../support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { empiricalFisher, exact, outerProduct, type CurvatureKind } from "../../src/curvature/curvature.ts";
import { hessian } from "../../src/curvature/loss.ts";
import { InvalidArgumentError, NotPositiveDefiniteError, UnsupportedError } from "../../src/errors.ts";
import { maximizeEvidence, reestimation } from "../../src/evidence/maximize-evidence.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { byName } from "../../src/model/selection.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { jointCovariance } from "../../src/predictive/joint-covariance.ts";
import { predict } from "../../src/predictive/predict.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import type { Prior } from "../../src/prior/prior.ts";
import { blockDiagonal } from "../../src/structure/block-diagonal.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import type { Structure } from "../../src/structure/structure.ts";
import { expectClose } from "../support/close.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { normals } from "../support/random-numbers.ts";

const CLOSE = 1e-9;

function rowsOf(rows: number, columns: number, seed: number): number[][] {
  const values = normals(rows * columns, seed);
  return Array.from({ length: rows }, (_, n) => Array.from(values.subarray(n * columns, (n + 1) * columns)));
}

const network = mlp([3, 4, 2], { seed: 1 });
const width = network.parameters.length;
const data = { inputs: rowsOf(9, 3, 1), targets: rowsOf(9, 2, 2) };
const likelihood = gaussian({ noise: 0.3 });
const indices = Array.from({ length: width }, (_, i) => i);

function fitted(structure: Structure, prior: Prior = perLayer([0.5, 2]), kind: CurvatureKind = outerProduct(), model: Model = network): Promise<Posterior<Model, GaussianLikelihood>> {
  return laplace(model, likelihood, data, { structure, prior, curvature: kind });
}

function summary(posterior: Posterior): number[] {
  return [posterior.logEvidence, ...posterior.effectiveParametersByGroup, ...posterior.marginalVariance, ...posterior.data.curvature.dense(), ...jointCovariance(posterior, rowsOf(3, 3, 9)).to1DArray()];
}

// A prior strong enough that the exact Hessian is positive definite away from a mode.
const strong = isotropic(200);

describe.each([{ kind: outerProduct() }, { kind: empiricalFisher() }, { kind: exact() }])("blocks of the $kind.name", ({ kind }) => {
  it("of all parameters are full()", async () => {
    const [one, whole] = [await fitted(blockDiagonal({ blocks: [indices] }), strong, kind), await fitted(full({ space: "weight" }), strong, kind)];
    expectClose(summary(one), summary(whole), CLOSE);
    expectClose((await predict(one, data.inputs)).variance.to1DArray(), (await predict(whole, data.inputs)).variance.to1DArray(), CLOSE);
  });

  it("of one parameter each are diagonal()", async () => {
    const [singles, diagonals] = [await fitted(blockDiagonal({ blocks: indices.map((i) => [i]) }), strong, kind), await fitted(diagonal(), strong, kind)];
    expectClose(summary(singles), summary(diagonals), CLOSE);
    expectClose((await predict(singles, data.inputs)).variance.to1DArray(), (await predict(diagonals, data.inputs)).variance.to1DArray(), CLOSE);
  });

  it("by name are those of layers and tensors", async () => {
    const names = (...all: string[]) => blockDiagonal({ blocks: all.map((name) => byName(name)) });
    expectClose(summary(await fitted(names("layer1", "layer2"), strong, kind)), summary(await fitted(blockDiagonal(), strong, kind)), 0);
    const tensors = names("layer1.weights", "layer1.biases", "layer2.weights", "layer2.biases");
    expectClose(summary(await fitted(tensors, strong, kind)), summary(await fitted(blockDiagonal({ blocks: "tensor" }), strong, kind)), 0);
  });
});

describe("any blocks of any network", () => {
  it("are the blocks of full()", async () => {
    const cases = fc.record({ units: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }), outputs: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 5 }), count: fc.integer({ min: 1, max: 5 }), biases: fc.boolean(), seed: fc.nat(1e6) });
    await fc.assert(
      fc.asyncProperty(cases, async ({ units, outputs, rows, count, biases, seed }) => {
        const model = mlp([2, ...units, outputs], { seed, biases });
        const size = model.parameters.length;
        const blockOf = Array.from(normals(size, seed + 3), (value, i) => (i < count ? i : Math.floor(Math.abs(value) * 1e3) % Math.min(count, size)));
        const blocks = Array.from({ length: Math.min(count, size) }, (_, b) => blockOf.flatMap((own, i) => (own === b ? [i] : [])));
        const given = { inputs: rowsOf(rows, 2, seed + 1), targets: rowsOf(rows, outputs, seed + 2) };
        const posterior = await laplace(model, likelihood, given, { structure: blockDiagonal({ blocks }) });
        const whole = Matrix.from1DArray(size, size, (await laplace(model, likelihood, given, { structure: full() })).data.curvature.dense());
        const kept = Array.from({ length: size * size }, (_, at) => (blockOf[Math.floor(at / size)] === blockOf[at % size] ? whole.get(Math.floor(at / size), at % size) : 0));
        expectClose(posterior.data.curvature.dense(), kept, CLOSE);
        const joint = jointCovariance(posterior, given.inputs);
        const table = { data: Float64Array.from(given.inputs.flat()), rows, columns: 2 };
        const expected = given.inputs.flatMap((_, n) => joint.subMatrix(n * outputs, (n + 1) * outputs - 1, n * outputs, (n + 1) * outputs - 1).to1DArray());
        expectClose(posterior.precision.outputCovariance(model, model.evaluate(table)), expected, CLOSE);
      }),
      { numRuns: 40 },
    );
  });
});

describe("blocks", () => {
  it("add up only if they are of the same parameters", async () => {
    const halves = (flip: boolean) => blockDiagonal({ blocks: [indices.filter((i) => i % 2 === 0 !== flip), indices.filter((i) => (i % 2 === 0) === flip)] });
    const [a, b] = [await fitted(halves(false)), await fitted(halves(true))];
    expect(() => a.data.curvature.plus(b.data.curvature)).toThrow(/^other: expected block diagonal curvature of the same blocks/);
    expectClose(a.data.curvature.plus(a.data.curvature).dense(), a.data.curvature.times(2).dense(), 0);
  });

  it("tune one precision by their eigenvalues, as they do by their factors", async () => {
    const posterior = await fitted(blockDiagonal(), isotropic());
    const { history } = reestimation(posterior, { maximumIterations: 6 });
    for (const { priorPrecisions, noisePrecision, logEvidence, effectiveParameters } of history) {
      const alone = posterior.with({ prior: isotropic(priorPrecisions[0]), likelihood: gaussian({ noise: noisePrecision ** -0.5 }) });
      expectClose([logEvidence, effectiveParameters], [alone.logEvidence, alone.effectiveParameters], CLOSE);
    }
    expect(maximizeEvidence(posterior).logEvidence).toBeGreaterThan(posterior.logEvidence);
  });

  it("take any prior", async () => {
    const posterior = await fitted(blockDiagonal({ blocks: "unit" }), automaticRelevance([1, 2, 3, 4, 5, 6]));
    const p = posterior.precisionMatrix();
    expectClose(p.mmul(posterior.covariance()).to1DArray(), Matrix.eye(width).to1DArray(), CLOSE);
    expect(posterior.effectiveParametersByGroup).toHaveLength(6);
  });

  it("of units are exact in a last layer of outputs with independent noise", async () => {
    const last = lastLayer(network);
    const [units, whole] = [await fitted(blockDiagonal({ blocks: "unit" }), isotropic(), outerProduct(), last), await fitted(full(), isotropic(), outerProduct(), last)];
    expectClose([units.logEvidence, ...units.marginalVariance], [whole.logEvidence, ...whole.marginalVariance], CLOSE);
  });

  it("take any model: those without layers by tensor or as given", async () => {
    const curve = functionModel({ parameters: [1, 2, 0.5], outputs: 1, value: (w, x) => [w[0] * Math.sin(w[1] * x[0]) + w[2]] });
    const of = { inputs: [0, 1, 2, 3], targets: [1, 0, 1, 0] };
    const whole = await laplace(curve, likelihood, of);
    expectClose((await laplace(curve, likelihood, of, { structure: blockDiagonal() })).marginalVariance, whole.marginalVariance, CLOSE);
    const parted = await laplace(curve, likelihood, of, { structure: blockDiagonal({ blocks: [[2, 0], [1]] }) });
    const [dense, kept] = [whole.data.curvature.dense(), parted.data.curvature.dense()];
    expectClose(kept, dense.map((value, at) => (at === 1 || at === 3 || at === 5 || at === 7 ? 0 : value)), CLOSE);
    await expect(laplace(curve, likelihood, of, { structure: blockDiagonal({ blocks: "unit" }) })).rejects.toThrow(UnsupportedError);
  });

  it("take 16 bytes for each of their entries, and none for those between", () => {
    const wide = mlp([784, 64, 10]);
    expect(blockDiagonal({ blocks: "unit" }).bytes(wide, outerProduct(), 1e6)).toBe(16 * (64 * 785 ** 2 + 10 * 65 ** 2));
    expect(blockDiagonal().bytes(network, outerProduct(), 1)).toBe(16 * (16 ** 2 + 10 ** 2));
    expect(blockDiagonal({ blocks: "tensor" }).bytes(network, outerProduct(), 1)).toBe(16 * (12 ** 2 + 4 ** 2 + 8 ** 2 + 2 ** 2));
  });

  it("of many classes come from activations and deltas", async () => {
    const head = mlp([4, 60], { seed: 3 });
    const posterior = await laplace(head, categorical(), { inputs: rowsOf(6, 4, 1), targets: [0, 9, 59, 3, 3, 1] }, { structure: blockDiagonal({ blocks: "unit" }) });
    const { probabilities } = await predict(posterior, rowsOf(2, 4, 8));
    expect(probabilities.getRow(0).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  it("say when they are not positive definite, with the smallest eigenvalue of the block", async () => {
    const bent = mlp([1, 2, 1], { biases: false, parameters: [0.5, 1, -2, -1] });
    const of = { inputs: [1, 2], targets: [5, 5] };
    const [smallest] = eigenvalues(hessian(bent, likelihood, of).subMatrix(0, 1, 0, 1));
    expect(smallest).toBeLessThan(-1);
    const error = await laplace(bent, likelihood, of, { curvature: exact(), structure: blockDiagonal(), prior: isotropic(0.5) }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotPositiveDefiniteError);
    expect((error as NotPositiveDefiniteError).smallestEigenvalue).toBeCloseTo(smallest + 0.5, 8);
    expect((error as Error).message).toMatch(/not at a mode/);
  });

  it("of one parameter each take a prior of as many groups", async () => {
    const wide = mlp([40, 60, 1], { seed: 1 });
    const prior = perWeight(wide.parameters.map((_, i) => 1 + (i % 5)));
    const given = { inputs: rowsOf(3, 40, 1), targets: [1, 2, 3] };
    const [singles, diagonals] = await Promise.all([blockDiagonal({ blocks: Array.from(wide.parameters, (_, i) => [i]) }), diagonal()].map((structure) => laplace(wide, likelihood, given, { structure, prior })));
    expectClose(singles.effectiveParametersByGroup, diagonals.effectiveParametersByGroup, CLOSE);
  });
});

describe("blocks that are none", () => {
  it.each([
    ["an unknown word", "layers", /^blocks: expected "layer", "unit", "tensor", or an array of blocks, got "layers"/],
    ["no blocks", [], /^blocks: .*got an empty array/],
    ["a number", 3, /^blocks: .*got 3/],
  ])("are refused at once: %s", (_, blocks, message) => {
    expect(() => blockDiagonal({ blocks: blocks as "layer" })).toThrow(InvalidArgumentError);
    expect(() => blockDiagonal({ blocks: blocks as "layer" })).toThrow(message);
  });

  it.each([
    ["a parameter in two", [indices, [0]], /^blocks\[1\]: expected each parameter in one block, got parameter 0, which is in blocks\[0\] already/],
    ["a parameter in none", [indices.slice(1)], /^blocks: expected each of 26 parameters in a block, got no block with parameter 0/],
    ["an index that does not exist", [indices, [width]], /an index from 0 to 25/],
    ["an empty block", [indices, []], /at least one parameter/],
    ["a name of no tensor", [byName("layer3")], /"layer1\.weights"/],
  ])("are refused by a model: %s", async (_, blocks, message) => {
    const fitting = fitted(blockDiagonal({ blocks }));
    await expect(fitting).rejects.toThrow(InvalidArgumentError);
    await expect(fitting).rejects.toThrow(message);
  });

  it("has no other options", () => {
    expect(() => blockDiagonal({ block: "layer" } as object)).toThrow(/unknown option "block"/);
  });
});
