import { expect } from "vitest";
import type { Data } from "../../src/data.ts";
import type { DataTermParts } from "../../src/posterior/batch-term.ts";
import { dataTerm, type DataSource, type DataTerm } from "../../src/posterior/data-term.ts";
import { recipeOf } from "../../src/recipe.ts";
import { LIKELIHOODS, MODELS, STRUCTURES } from "../conformance-rows.ts";
import type { Twin } from "./dense-twin.ts";
import { twinFunction } from "./twin-models.ts";

/** All models but the one that lives in this thread alone. */
export const models = MODELS.filter((model) => model !== twinFunction);
export const likelihoods = LIKELIHOODS.filter(({ likelihood }) => recipeOf(likelihood) !== undefined);
export const structures = STRUCTURES.filter(({ structure }) => recipeOf(structure) !== undefined);

/** So many examples, so few at a time. */
export function* inBatches({ inputs, targets }: Twin, rows: number): Generator<Data> {
  for (let from = 0; from < inputs.length; from += rows) yield { inputs: inputs.slice(from, from + rows), targets: targets.slice(from, from + rows) };
}

/** The numbers of a data term. */
export function numbersOf({ examples, energy, gradient, curvature }: DataTerm): object {
  return { examples, energy, gradient, structure: curvature.structure, parts: curvature.parts };
}

/** The data term from workers is that of one thread to the last digit. */
export async function expectSameTerm(parts: DataTermParts, source: () => DataSource, workers = 2): Promise<void> {
  const [one, shared] = [await dataTerm(parts, source(), {}), await dataTerm(parts, source(), { workers })];
  expect(numbersOf(shared)).toEqual(numbersOf(one));
}
