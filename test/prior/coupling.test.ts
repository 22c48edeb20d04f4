import { Matrix, determinant } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { UnsupportedError } from "../../src/errors.ts";
import { mlp } from "../../src/model/mlp.ts";
import { sameCoupling } from "../../src/prior/coupling.ts";
import { addingPriorPrecision, coupledPrior, groupedPrior, priorEnergies, priorEnergy, priorGradient, priorLogDeterminant, reestimatePrior, uncoupled, withPrecisions, type GroupedPrior } from "../../src/prior/prior.ts";
import { mirrorLower } from "../../src/linalg/symmetric-rank-k.ts";
import { recipeOf } from "../../src/recipe.ts";
import { rowsCurvature } from "../../src/structure/function-space.ts";
import { writtenRows } from "../../src/model/jacobian-rows.ts";
import { weightSpaceSum } from "../../src/structure/weight-space.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

/** A prior of precision P0 = C + A with a random C = B'B of some rank, P0 itself, and weights. */
const priors = fc
  .record({ width: fc.integer({ min: 1, max: 7 }), rows: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 1, max: 3 }), asRows: fc.boolean(), seed: fc.nat(1e5) })
  .map(({ width, rows, count, asRows, seed }) => {
    const used = Math.min(width, count);
    const groupOf = Int32Array.from({ length: width }, (_, i) => i % used);
    const precisions = normals(used, seed).map(Math.exp);
    const b = Matrix.from1DArray(rows, width, normals(rows * width, seed + 1));
    const c = b.transpose().mmul(b);
    const p0 = Matrix.add(c, Matrix.diag(Array.from(groupOf, (g) => precisions[g])));
    const matrix = asRows ? rowsCurvature([writtenRows(Float64Array.from(b.to1DArray()), width)], "function") : weightSpaceSum(Float64Array.from(c.to1DArray()), width);
    const independent = groupedPrior("test", precisions.reduce<string[]>((names, _, g) => [...names, `group ${g + 1}`], []), groupOf, precisions, new Float64Array(width));
    const prior = coupledPrior("coupled", independent, normals(width, seed + 2), { matrix, logDeterminant: Math.log(determinant(p0)) });
    return { prior, p0, weights: normals(width, seed + 3) };
  });

function example(): GroupedPrior {
  const matrix = weightSpaceSum(Float64Array.of(2, 0, 1, 2), 2);
  return coupledPrior("coupled", groupedPrior("test", ["all"], new Int32Array(2), [1], new Float64Array(2)), Float64Array.of(1, 2), { matrix, logDeterminant: Math.log(8) });
}

describe("a prior that couples weights", () => {
  it("has the precision, the log determinant, the energy and the gradient of P0", () => {
    fc.assert(
      fc.property(priors, ({ prior, p0, weights }) => {
        const width = weights.length;
        const d = Matrix.columnVector(weights.map((w, i) => w - prior.mean[i]));
        const start = normals(width * width, 1);
        const sum = start.slice();
        addingPriorPrecision(prior)(sum);
        const added = sum.map((value, i) => value - start[i]);
        mirrorLower(added, width);
        expectClose(added, p0.to1DArray(), 1e-13);
        expectClose([priorLogDeterminant(prior)], [Math.log(determinant(p0))], 1e-13);
        expectClose([priorEnergy(prior, weights), priorEnergy(prior, weights, priorEnergies(prior, weights))], Array<number>(2).fill(0.5 * d.transpose().mmul(p0).mmul(d).get(0, 0)), 1e-13);
        expectClose(priorGradient(prior, weights), p0.mmul(d).to1DArray(), 1e-13);
        expectClose(priorGradient(prior, weights), differences((w) => [priorEnergy(prior, w)], weights), 1e-8);
      }),
    );
  });

  it("is fixed, and refuses what would change a part of it", () => {
    const prior = example();
    expect(prior.fixed).toBe(true);
    expect(reestimatePrior(prior, Float64Array.of(1), Float64Array.of(3))).toBe(prior);
    expect(() => withPrecisions(prior, [2])).toThrow(UnsupportedError);
    expect(prior.bind(mlp([1, 1]))).toBe(prior);
    expect(() => prior.bind(mlp([2, 1]))).toThrow(/a prior for 3 weights/);
  });

  it("can be stripped of what couples them", () => {
    const prior = example();
    const alone = uncoupled(prior);
    expect([alone.coupling, priorLogDeterminant(alone), ...priorGradient(alone, Float64Array.of(2, 2))]).toEqual([undefined, 0, 1, 0]);
    expect(uncoupled(alone)).toBe(alone);
    expect(recipeOf(alone)?.from).not.toHaveProperty("coupling");
    expect(alone.bind(mlp([1, 1]))).toBe(alone);
  });

  it("is the same as another with the same numbers alone", () => {
    const { coupling } = example();
    const { matrix, logDeterminant } = coupling!;
    expect(sameCoupling(coupling, example().coupling)).toBe(true);
    expect(sameCoupling(undefined, undefined)).toBe(true);
    expect(sameCoupling(coupling, undefined)).toBe(false);
    expect(sameCoupling(coupling, { matrix, logDeterminant: 0 })).toBe(false);
    expect(sameCoupling(coupling, { matrix: weightSpaceSum(Float64Array.of(2, 0, 1, 3), 2), logDeterminant })).toBe(false);
    expect(sameCoupling(coupling, { matrix: { ...matrix, structure: "other" }, logDeterminant })).toBe(false);
    expect(sameCoupling(coupling, { matrix: { ...matrix, parts: [] }, logDeterminant })).toBe(false);
  });
});
