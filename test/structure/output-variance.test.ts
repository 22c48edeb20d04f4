import { describe, expect, it } from "vitest";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { standardized } from "../../src/model/standardized.ts";
import type { Model } from "../../src/model/model.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { blockDiagonal } from "../../src/structure/block-diagonal.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { outputVarianceOf, varianceRows } from "../../src/structure/output-variance.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normalTable } from "../support/random-numbers.ts";

const targetsOf = (rows: number, columns: number) => ({ data: normalTable(rows, columns, 2).data, shape: [rows, columns] as const });

describe.each([diagonal(), kronecker(), kronecker({ damping: 0.1 }), full(), blockDiagonal()])("variances of the outputs of a $name posterior", (structure) => {
  it("are the diagonals of their covariances, for networks of any shape", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.integer(), async (sizes, rows, biases, seed) => {
        const [inputs, outputs] = [sizes[0], sizes[sizes.length - 1]];
        const model = mlp(sizes, { seed, biases });
        const table = normalTable(rows, inputs, seed);
        const { precision } = await laplace<Model, ReturnType<typeof gaussian>>(model, gaussian({ noise: 0.4 }), { inputs: { data: table.data, shape: [rows, inputs] }, targets: targetsOf(rows, outputs) }, { structure });
        const covariance = precision.outputCovariance(model, model.evaluate(table));
        const diagonals = Float64Array.from({ length: rows * outputs }, (_, i) => covariance[i * outputs + (i % outputs)]);
        expectClose(outputVarianceOf(precision, model, model.evaluate(table)), diagonals, 1e-12);
      }),
      { numRuns: 25 },
    );
  });

  it("are so for outputs in units of their own, and a prior that differs within a layer", async () => {
    for (const sizes of [[2, 3], [2, 4, 3]]) {
      const units = { inputs: { shift: Float64Array.of(1, -1), scale: Float64Array.of(2, 0.5) }, outputs: { shift: new Float64Array(3), scale: Float64Array.of(0.5, 3, 20) } };
      const model = standardized(mlp(sizes, { seed: 1 }), units);
      const [inputs, table] = [normalTable(5, 2, 3), normalTable(4, 2, 4)];
      const prior = perWeight(model.parameters.map((_, i) => 1 + (i % 3)));
      for (const chosen of [automaticRelevance(), isotropic(3), ...(structure.name === "kronecker" ? [] : [prior])]) {
        const { precision } = await laplace(model, gaussian({ noise: 0.4 }), { inputs: { data: inputs.data, shape: [5, 2] }, targets: targetsOf(5, 3) }, { structure, prior: chosen });
        const covariance = precision.outputCovariance(model, model.evaluate(table));
        expectClose(outputVarianceOf(precision, model, model.evaluate(table)), Float64Array.from({ length: 12 }, (_, i) => covariance[i * 3 + (i % 3)]), 1e-12);
      }
    }
  });
});

describe("rows at a time for variances", () => {
  it("are as many for a thousand outputs of a layer as for one, and few where covariances are needed", async () => {
    const data = { inputs: [0, 1], targets: targetsOf(2, 1000) };
    const model = mlp([1, 1000], { seed: 1 });
    const { precision } = await laplace(model, gaussian({ noise: 0.4 }), data, { structure: diagonal() });
    expect(varianceRows(precision, model)).toBe(512);
    expect(varianceRows({ ...precision, outputVariance: undefined } as unknown as typeof precision, model)).toBe(4);
  });

  it("are found for functions of one's own by their Jacobians", async () => {
    const model = functionModel({ parameters: [1, 2], inputs: 1, outputs: 2, value: ([a, b], [x]) => [a * x, a * b + x] });
    const table = normalTable(3, 1, 5);
    const { precision } = await laplace(model, gaussian({ noise: 0.4 }), { inputs: table.data, targets: targetsOf(3, 2) }, { structure: diagonal() });
    const covariance = precision.outputCovariance(model, model.evaluate(table));
    expect("outputVariance" in precision).toBe(true);
    expectClose(outputVarianceOf(precision, model, model.evaluate(table)), Float64Array.from({ length: 6 }, (_, i) => covariance[2 * i + (i % 2)]), 1e-13);
  });
});
