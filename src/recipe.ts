/**
 * What a value can be made from again: plain data, fit for another thread and for a file.
 */
export interface Recipe {
  /** The name of what makes it, in the list of makers. */
  readonly maker: string;
  /** What the maker is given: numbers, texts, typed arrays, arrays and objects of these, and values that have a recipe themselves. */
  readonly from: Readonly<Record<string, unknown>>;
}

/** By object and not as a property: a copy of the object with something changed, as a spread makes it, has no recipe. */
const recipes = new WeakMap<object, () => Recipe | undefined>();

/** The value itself, of which is now known how it can be made again: by which maker, from what. */
export function remakeable<T extends object>(value: T, maker: string, from: () => Recipe["from"] = () => ({})): T {
  return remadeAs(value, () => ({ maker, from: from() }));
}

/** The value itself, which has the recipe given; it is asked for when the value is to travel. */
export function remadeAs<T extends object>(value: T, recipe: () => Recipe | undefined): T {
  recipes.set(value, recipe);
  return value;
}

/** The recipe of a value, if it has one. */
export function recipeOf(value: object): Recipe | undefined {
  return recipes.get(value)?.();
}
