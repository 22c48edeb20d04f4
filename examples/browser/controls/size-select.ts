import { element } from "./elements.ts";

/** Gives a list its numbers of hidden units. */
export function fillSizes(select: HTMLSelectElement, sizes: readonly number[], first: number, onInput: () => void): HTMLSelectElement {
  select.replaceChildren(...sizes.map((size) => element("option", { value: String(size) }, String(size))));
  select.value = String(first);
  select.addEventListener("input", onInput);
  return select;
}
