import { isMatrix } from "../data.ts";
import { UnsupportedError } from "../errors.ts";
import { recipeOf, type Recipe } from "../recipe.ts";
import { isArray } from "./buffers.ts";
import { makers } from "./makers.ts";

/** What became of each object: where one stands twice, so does what becomes of it, since code may ask whether two are the same. */
type Memory = Map<object, unknown>;

/**
 * A value as plain data that can go to another thread: what has a recipe becomes the recipe.
 *
 * @throws {@link UnsupportedError} for functions, and whatever else lives in this thread alone.
 */
export function packed(value: unknown, path = "", memory: Memory = new Map()): unknown {
  if (isObject(value)) return remembered(value, memory, () => packedObject(value, path, memory));
  if (typeof value === "function" || typeof value === "symbol") throw staysHere(path);
  return value;
}

function packedObject(value: object, path: string, memory: Memory): unknown {
  if (isArray(value)) return value.byteLength < value.buffer.byteLength ? value.slice() : value; // a view would take all of its buffer along
  if (Array.isArray(value)) return value.map((entry, i) => packed(entry, `${path}[${i}]`, memory));
  const recipe = recipeOf(value);
  if (recipe !== undefined) return { maker: recipe.maker, from: packed(recipe.from, path, memory) };
  // As well read from flat numbers, wherever it may stand.
  if (isMatrix(value)) return { data: Float64Array.from(value.to1DArray()), shape: [value.rows, value.columns] };
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)) throw staysHere(path);
  return mapped(value, (entry, key) => packed(entry, path === "" ? key : `${path}.${key}`, memory));
}

function staysHere(path: string): UnsupportedError {
  const [part] = path.split(/[.[]/);
  return new UnsupportedError(
    `workers: the ${part} cannot go to a worker thread, since ${path} lives in this one alone. What the library makes from plain data can go: networks and parts of them, its likelihoods, links, kinds of curvature and structures. Leave out workers, or use workers: 0.`,
  );
}

/** What {@link packed} was given, made again. */
export function unpacked(plain: unknown, memory: Memory = new Map()): unknown {
  if (!isObject(plain) || isArray(plain)) return plain;
  return remembered(plain, memory, () => {
    if (Array.isArray(plain)) return plain.map((entry) => unpacked(entry, memory));
    if (!isRecipe(plain)) return mapped(plain, (entry) => unpacked(entry, memory));
    const make = makers[plain.maker] as (from: unknown) => unknown;
    return make(unpacked(plain.from, memory));
  });
}

function remembered(source: object, memory: Memory, change: () => unknown): unknown {
  if (!memory.has(source)) memory.set(source, change());
  return memory.get(source);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isRecipe(plain: object): plain is Recipe {
  return "maker" in plain && "from" in plain;
}

function mapped(source: object, change: (entry: unknown, key: string) => unknown): object {
  return Object.fromEntries(Object.entries(source).map(([key, entry]) => [key, change(entry, key)]));
}
