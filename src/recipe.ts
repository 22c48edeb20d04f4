/**
 * What a value can be made from again: plain data, fit for another thread and for a file.
 */
export interface Recipe {
  /** The name of what makes it, in the list of makers. */
  readonly maker: string;
  /** What the maker is given: numbers, texts, typed arrays, arrays and objects of these, and values that have a recipe themselves. */
  readonly from: Readonly<Record<string, unknown>>;
}

/** Not enumerable, so that a copy of the object with something changed, as a spread makes it, has no recipe. A WeakMap would do as well, more slowly. */
const RECIPE = Symbol("recipe");

/** The value itself, of which is now known how it can be made again: by which maker, from what. */
export function remakeable<T extends object>(value: T, maker: string, from: () => Recipe["from"] = () => ({})): T {
  return remadeAs(value, () => ({ maker, from: from() }));
}

/** The value itself, which has the recipe given; it is asked for when the value is to travel. */
export function remadeAs<T extends object>(value: T, recipe: () => Recipe | undefined): T {
  return Object.defineProperty(value, RECIPE, { value: recipe, configurable: true });
}

/** The recipe of a value, if it has one. */
export function recipeOf(value: object): Recipe | undefined {
  return (value as { readonly [RECIPE]?: () => Recipe | undefined })[RECIPE]?.();
}
