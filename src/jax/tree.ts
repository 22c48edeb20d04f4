import { Array as JaxArray } from "@jax-js/jax";
import { InvalidArgumentError, describe } from "../errors.ts";

/** The form of nested lists and objects whose leaves are arrays, with the number of each leaf in its place. */
export type Form = number | readonly Form[] | { readonly [key: string]: Form };

/** An array among the parameters. */
export interface Leaf {
  /** Where it is: `"dense.weights"`, `"0"`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "float64";
  readonly values: Float64Array;
}

/** The leaves of nested lists and objects, in the order of their keys, and the form that they leave. */
export async function flattened(tree: unknown): Promise<{ readonly form: Form; readonly leaves: readonly Leaf[] }> {
  const leaves: Promise<Leaf>[] = [];
  const visit = (node: unknown, path: readonly string[]): Form => {
    if (node instanceof JaxArray) return leaves.push(leafOf(node, path.join(".") || "parameters")) - 1;
    if (Array.isArray(node)) return node.map((child, i) => visit(child, [...path, String(i)]));
    if (typeof node === "object" && node !== null && [Object.prototype, null].includes(Object.getPrototypeOf(node) as object | null)) {
      return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child, [...path, key])]));
    }
    throw new InvalidArgumentError({ argument: ["parameters", ...path].join("."), expected: "an array of jax-js, or a list or plain object of them", received: describe(node), advice: "Is there a second copy of @jax-js/jax?" });
  };
  const form = visit(tree, []);
  return { form, leaves: await Promise.all(leaves) };
}

/** Lists and objects of this form, of other leaves. */
export function unflattened(form: Form, leaves: readonly JaxArray[]): unknown {
  if (typeof form === "number") return leaves[form];
  if (isList(form)) return form.map((child) => unflattened(child, leaves));
  return Object.fromEntries(Object.entries(form).map(([key, child]) => [key, unflattened(child, leaves)]));
}

function isList(form: Form): form is readonly Form[] {
  return Array.isArray(form);
}

/** What an array holds. It stays the caller's. */
async function leafOf(array: JaxArray, name: string): Promise<Leaf> {
  const { dtype } = array;
  if (!isFloating(dtype)) throw new InvalidArgumentError({ argument: "parameters", expected: "arrays of float32 or float64", received: `${dtype} in ${name}`, advice: "What is no parameter stays outside, in the function." });
  const values = Float64Array.from((await array.ref.data()) as ArrayLike<number>);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new InvalidArgumentError({ argument: "parameters", expected: "finite numbers", received: `${values[bad]} in ${name}` });
  return { name, shape: array.shape, dtype, values };
}

function isFloating(dtype: string): dtype is Leaf["dtype"] {
  return dtype === "float32" || dtype === "float64";
}
