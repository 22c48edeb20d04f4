import fc from "../support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { empiricalFisher, exact, outerProduct } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, NotPositiveDefiniteError, UnsupportedError } from "../../src/errors.ts";
import { maximizeEvidence, reestimation } from "../../src/evidence/maximize-evidence.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace, withMoreData } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { jointCovariance } from "../../src/predictive/joint-covariance.ts";
import { predict } from "../../src/predictive/predict.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { groups } from "../../src/prior/groups.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import type { Prior } from "../../src/prior/prior.ts";
import { full } from "../../src/structure/full.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";

const CLOSE = 1e-8;
const [weight, functions] = [full({ space: "weight" }), full({ space: "function" })];

function rowsOf(rows: number, columns: number, seed: number): number[][] {
  const values = normals(rows * columns, seed);
  return Array.from({ length: rows }, (_, n) => Array.from(values.subarray(n * columns, (n + 1) * columns)));
}

const network = mlp([3, 4, 3, 2], { seed: 1 });
const data = { inputs: rowsOf(7, 3, 1), targets: rowsOf(7, 2, 2) };
const likelihood = gaussian({ noise: 0.3 });
const width = network.parameters.length;

const priors: Record<string, Prior> = {
  isotropic: isotropic(0.7),
  "per layer": perLayer([0.5, 2, 1]),
  "per layer, biases apart": perLayer([0.5, 2, 1, 3, 0.2, 1], { separateBiases: true }),
  "automatic relevance": automaticRelevance(),
  "groups across layers": groups(Array.from({ length: width }, (_, i) => i % 3), [0.4, 1, 2]),
  "per weight": perWeight(Array.from({ length: width }, (_, i) => 0.5 + (i % 4)), { mean: 0.2 }),
};

function summary(posterior: Posterior): number[] {
  return [posterior.logEvidence, posterior.logDeterminantRatio, ...posterior.effectiveParametersByGroup, ...posterior.marginalVariance, posterior.distanceFromMode];
}

describe.each(Object.entries(priors))("function space and weight space with the prior %s", (_, prior) => {
  const both = Promise.all([weight, functions].map((structure) => laplace(network, likelihood, data, { structure, prior })));

  it("have the same evidence, variances, effective parameters and predictions", async () => {
    const [inWeights, inFunctions] = await both;
    expectClose(summary(inFunctions), summary(inWeights), CLOSE);
    const x = rowsOf(4, 3, 9);
    expectClose(jointCovariance(inFunctions, x).to1DArray(), jointCovariance(inWeights, x).to1DArray(), CLOSE);
    expectClose((await predict(inFunctions, x)).variance.to1DArray(), (await predict(inWeights, x)).variance.to1DArray(), CLOSE);
  });

  it("are re-estimated to the same hyperparameters, step by step", async () => {
    const [inWeights, inFunctions] = (await both).map((posterior) => reestimation(posterior, { maximumIterations: 8 }));
    inWeights.history.forEach((state, i) => {
      const other = inFunctions.history[i];
      expectClose([other.logEvidence, other.noisePrecision, ...other.priorPrecisions], [state.logEvidence, state.noisePrecision, ...state.priorPrecisions], CLOSE);
    });
  });

  it("have the same at another noise, prior and temperature, without the data", async () => {
    const changes = { likelihood: gaussian({ noise: 0.9 }), prior: isotropic(3), temperature: 0.5 };
    const [inWeights, inFunctions] = (await both).map((posterior) => summary(posterior.with(changes)));
    expectClose(inFunctions, inWeights, CLOSE);
  });
});

describe("samples in function space", () => {
  it("have the covariance of the posterior", async () => {
    const posterior = await laplace(network, likelihood, data, { structure: functions, prior: perLayer([0.5, 2, 1]) });
    const units = Matrix.eye(width).to2DArray().map((unit) => Array.from(posterior.precision.sample(Float64Array.from(unit))));
    const factor = new Matrix(units).transpose();
    const covariance = (await laplace(network, likelihood, data, { structure: weight, prior: perLayer([0.5, 2, 1]) })).covariance();
    expectClose(factor.mmul(factor.transpose()).to1DArray(), covariance.to1DArray(), CLOSE);
  });
});

describe("the space", () => {
  const spaceOf = (posterior: Posterior): string => (posterior.data.curvature.parts.length === 1 ? "weight" : "function");

  it("is the one that takes less memory, and changes to weight space when data outgrow the weights", async () => {
    const small = mlp([1, 2, 1], { seed: 1 });
    const inputs = Array.from(normals(20, 1));
    const part = (from: number, to: number) => ({ inputs: inputs.slice(from, to), targets: inputs.slice(from, to).map(Math.sin) });
    expect(spaceOf(await laplace(small, likelihood, part(0, 3)))).toBe("function");
    expect(spaceOf(await laplace(small, likelihood, part(0, 4)))).toBe("weight");
    expect(spaceOf(await laplace(small, likelihood, part(0, 3), { curvature: exact(), prior: isotropic(100) }))).toBe("weight");
    const once = await laplace(small, likelihood, part(0, 20));
    const batches = [[0, 3], [3, 6], [6, 9], [9, 20]].map(([from, to]) => part(from, to));
    const streamed = await laplace(small, likelihood, batches);
    expect(spaceOf(streamed)).toBe("weight");
    expectClose(summary(streamed), summary(once), CLOSE);
    for (const structure of [full(), weight, functions]) {
      let posterior = await laplace(small, likelihood, batches[0], { structure });
      for (const more of batches.slice(1)) posterior = await withMoreData(posterior, more);
      expectClose(summary(posterior), summary(once), CLOSE);
    }
    const [first, second] = [await laplace(small, likelihood, part(0, 3)), await laplace(small, likelihood, part(3, 20))];
    for (const sum of [first.data.curvature.plus(second.data.curvature), second.data.curvature.plus(first.data.curvature)]) expectClose(sum.dense(), once.data.curvature.dense(), CLOSE);
  });

  it("is refused where the exact Hessian is to live in function space", async () => {
    const fit = laplace(network, likelihood, data, { curvature: exact(), structure: functions });
    await expect(fit).rejects.toThrow(UnsupportedError);
    await expect(fit).rejects.toThrow(/has no rows.*outerProduct\(\)/);
    expect(() => full({ space: "functional" as "function" })).toThrow(InvalidArgumentError);
  });

  it("takes networks whose curvature would not fit any memory", async () => {
    const wide = mlp([2, 600, 300, 3], { seed: 1, activation: "relu" });
    const posterior = await laplace(wide, categorical(), { inputs: rowsOf(5, 2, 1), targets: [0, 1, 2, 1, 0] }, { prior: perLayer([1, 2, 3]) });
    expect(posterior.effectiveParameters).toBeLessThan(15);
    expect(posterior.effectiveParametersByGroup.every((gamma) => gamma > 0)).toBe(true);
    expect(posterior.sample(1).columns).toBe(wide.parameters.length);
    const tuned = maximizeEvidence(posterior, { maximumIterations: 5 });
    expect(tuned.logEvidence).toBeGreaterThan(posterior.logEvidence);
  });
});

describe("a prior that is weak beside the data", () => {
  it("leaves variances their digits, and none of them negative", async () => {
    const line = mlp([1, 1], { parameters: [0, 0] });
    const options = { structure: functions, prior: isotropic(1e-4) };
    const posterior = await laplace(line, gaussian({ noise: 1e-6 }), { inputs: [0], targets: [1] }, options);
    const expected = [1e4, 1 / (1e12 + 1e-4)];
    const relative = (actual: ArrayLike<number>): number[] => Array.from(actual, (value, i) => value / expected[i]);
    expectClose(relative(posterior.marginalVariance), [1, 1], 1e-7);
    expectClose(relative(posterior.covariance().diagonal()), [1, 1], 1e-7);
    expectClose([posterior.solve([0, 1])[1] / expected[1]], [1], 1e-7);
    expectClose([(await predict(posterior, [0])).variance.get(0, 0) / expected[1]], [1], 1e-7);
  });

  it("never makes a variance negative", async () => {
    for (let seed = 0; seed < 10; seed++) {
      const model = mlp([1, 20, 20, 2], { seed });
      const inputs = rowsOf(10, 1, seed);
      const fit = await laplace(model, gaussian({ noise: 1e-5 }), { inputs, targets: rowsOf(10, 2, seed + 1) }, { structure: functions, prior: isotropic(1e-3) });
      const { variance } = await predict(fit, inputs);
      expect(variance.min()).toBeGreaterThan(0);
      expect(Math.min(...fit.marginalVariance)).toBeGreaterThan(0);
    }
  });
});

describe("a prior too weak for the digits of a number", () => {
  it("is told", async () => {
    const twice = { inputs: [1, 1, 1], targets: [1, 1, 1] };
    const fit = laplace(mlp([1, 5, 1]), gaussian({ noise: 1e-9 }), twice, { structure: functions, prior: isotropic(1e-8) });
    await expect(fit).rejects.toThrow(NotPositiveDefiniteError);
    await expect(fit).rejects.toThrow(/function space, is not positive definite: its smallest eigenvalue is .*singular to working precision.*stronger prior/);
  });
});

describe("any network and grouping", () => {
  it("has the same evidence and effective parameters in both spaces", async () => {
    const cases = fc.record({ units: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }), outputs: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 5 }), groupCount: fc.integer({ min: 1, max: 4 }), seed: fc.nat(1e6), biases: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(cases, async ({ units, outputs, rows, groupCount, seed, biases }) => {
        const model = mlp([2, ...units, outputs], { seed, biases });
        const count = Math.min(groupCount, model.parameters.length);
        // Every group has a weight, the others are anywhere.
        const numbers = Array.from(normals(model.parameters.length, seed), (value, i) => (i < count ? i : Math.floor(Math.abs(value) * 7) % count));
        const prior = groups(numbers, Array.from({ length: count }, (_, g) => 0.5 + g));
        const [a, b] = await Promise.all([weight, functions].map((structure) => laplace(model, likelihood, { inputs: rowsOf(rows, 2, seed + 1), targets: rowsOf(rows, outputs, seed + 2) }, { structure, prior })));
        expectClose(summary(b), summary(a), CLOSE);
      }),
      { numRuns: 40 },
    );
  });
});

describe("eigenvalues at hand", () => {
  it.each([1e-3, 1e3])("give the determinant of thousands of weights with a prior precision of %d, whose product no number could hold", async (alpha) => {
    const { data: term, precision, prior, likelihood: noisy } = await laplace(mlp([1, 700, 1], { seed: 1 }), likelihood, { inputs: [0, 1, 2], targets: [1, 0, 1] }, { prior: isotropic(alpha) });
    const quick = term.curvature.diagonalized!().precision(prior, noisy.precision);
    expectClose([quick.logDeterminant, ...quick.effectiveParametersByGroup()], [precision.logDeterminant, ...precision.effectiveParametersByGroup()], 1e-10);
  });
});

describe("curvature of the same weights", () => {
  it("with other columns of S adds up in function space", async () => {
    const [outer, fisher] = await Promise.all([outerProduct(), empiricalFisher()].map(async (curvature) => (await laplace(network, likelihood, data, { curvature, structure: functions })).data.curvature));
    const dense = outer.dense().map((value, i) => value + fisher.dense()[i]);
    for (const sum of [outer.plus(fisher), fisher.plus(outer)]) {
      expect(sum.parts.length).toBeGreaterThan(1); // rows, not their sum
      expectClose(sum.dense(), dense, 1e-13);
    }
  });

  it("of other layers does not", async () => {
    const [one, other] = await Promise.all([mlp([2, 3, 1]), mlp([3, 1, 4, 1], { biases: false })].map(async (model) => (await laplace(model, likelihood, { inputs: [Array<number>(model.inputs).fill(1)], targets: [1] }, { structure: functions })).data.curvature));
    expect(() => one.plus(other)).toThrow(InvalidArgumentError);
  });
});
