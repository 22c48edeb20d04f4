import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Data } from "../../src/data.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { availableKernels, setKernels } from "../../src/linalg/kernels.ts";
import { mlp } from "../../src/model/mlp.ts";
import { dataTerm } from "../../src/posterior/data-term.ts";
import type { DataTermParts } from "../../src/posterior/batch-term.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { recipeOf } from "../../src/recipe.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { stopWorkers } from "../../src/workers/pool.ts";
import { LIKELIHOODS, STRUCTURES } from "../conformance-rows.ts";
import { normals } from "../support/random-numbers.ts";
import { expectSameTerm, inBatches, likelihoods, models, numbersOf, structures } from "../support/shared-terms.ts";
import { makeTwin } from "../support/twin-models.ts";

afterAll(stopWorkers);

describe("what has a recipe", () => {
  it("are all that consist of plain data", () => {
    expect(new Set(likelihoods.map(({ likelihood }) => likelihood.name))).toEqual(new Set(["gaussian", "bernoulli", "categorical", "poisson", "heteroscedastic", "measurements", "student t"]));
    expect([...new Set(structures.map(({ structure }) => structure.name))]).toEqual(expect.arrayContaining(["diagonal", "kronecker", "block diagonal"]));
  });

  it("can be made again; all else is refused", async () => {
    const { inputs, targets } = makeTwin(models[1], LIKELIHOODS[0], 3, 1);
    for (const { structure } of STRUCTURES) {
      const made = laplace(mlp([2, 1], { seed: 1 }), gaussian({ noise: 1 }), { inputs, targets }, { structure, workers: 1 });
      if (recipeOf(structure) === undefined) await expect(made).rejects.toThrow(/^workers: the structure cannot go/);
      else await expect(made).resolves.toBeDefined();
    }
  });
});

describe.each(structures)("$name, shared by two workers,", ({ structure, kinds, gaps }) => {
  it.each(likelihoods)("has the curvature of one thread to the last digit, $name", async (textbook) => {
    for (const { name, kind } of kinds) {
      for (const model of models) {
        if (gaps.some((gap) => gap.kind === name && gap.model === model.name)) continue;
        const twin = makeTwin(model, textbook, 11, 5);
        await expectSameTerm({ model: twin.model, likelihood: textbook.likelihood, curvature: kind, structure }, () => inBatches(twin, 3));
      }
    }
  });
});

describe("curvature with workers", () => {
  const rows = 1300;
  const x = normals(3 * rows, 1);
  const model = mlp([3, 6, 4], { seed: 1 });
  const data = { inputs: { data: x, shape: [rows, 3] as const }, targets: Float64Array.from({ length: rows }, (_, n) => n % 4) };
  const parts: DataTermParts = { model, likelihood: categorical(), curvature: STRUCTURES[0].kinds[0].kind, structure: diagonal() };

  it.each([1, 2, 3, 50])("do not depend on how many there are: %i", (workers) => expectSameTerm(parts, () => data, workers));

  it("do not depend on how the data come", async () => {
    const batches = [0, 1, 2].map((i) => ({ inputs: { data: x.slice(300 * i, 300 * i + 300), shape: [100, 3] as const }, targets: data.targets.slice(100 * i, 100 * i + 100) }));
    async function* later(): AsyncGenerator<Data> {
      for (const batch of batches) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield batch;
      }
    }
    await expectSameTerm(parts, () => batches);
    await expectSameTerm(parts, later);
    expect(numbersOf(await dataTerm(parts, later(), { workers: 2 }))).toEqual(numbersOf(await dataTerm(parts, batches, {})));
  });
});

describe("kernels of the workers", () => {
  afterEach(() => setKernels("automatic"));
  const model = mlp([20, 30, 3], { seed: 1 });
  const data = { inputs: { data: normals(600 * 20, 2), shape: [600, 20] as const }, targets: { data: normals(600 * 3, 3), shape: [600, 3] as const } };
  const curvatures: Record<string, Float64Array> = {};

  it.each(availableKernels())("are those that are chosen here: %s", async (kernels) => {
    setKernels(kernels);
    const parts: DataTermParts = { model, likelihood: gaussian({ noise: 1 }), curvature: STRUCTURES[0].kinds[0].kind, structure: diagonal() };
    await expectSameTerm(parts, () => data);
    curvatures[kernels] = (await dataTerm(parts, data, { workers: 2 })).curvature.parts[0];
  });

  it.runIf(availableKernels().includes("webassembly-relaxed"))("which makes a difference in the last digit", () => {
    expect(curvatures["webassembly-relaxed"]).not.toEqual(curvatures.typescript);
  });
});
