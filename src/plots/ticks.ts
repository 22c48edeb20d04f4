import type * as Plot from "@observablehq/plot";

/** A logarithmic axis with both ends, the first of which may be the larger. */
export function logarithmicScale(from: number, to: number): Plot.ScaleOptions {
  const [first, last] = from === to ? [from / 2, 2 * to] : [from, to];
  return { type: "log", domain: [first, last], nice: false, ticks: logarithmicTicks(first, last), tickFormat: tickText };
}

/** Round numbers within both ends of a logarithmic axis, in either order: powers of ten, more between them where it spans less than a factor of a hundred or of ten, and evenly spaced ones where it spans little. */
export function logarithmicTicks(from: number, to: number): number[] {
  const [least, most] = [Math.min(from, to), Math.max(from, to)];
  if (most < 3 * least) return evenTicks(least, most, 5);
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  // As many as can be read.
  const every = Math.ceil((last - first) / 7);
  const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((exponent) => exponent % every === 0);
  const steps = most < 10 * least ? [1, 1.5, 2, 3, 5, 7] : most < 100 * least ? [1, 2, 5] : [1];
  return exponents.flatMap((exponent) => steps.map((step) => Number(`${step}e${exponent}`))).filter((tick) => tick >= least && tick <= most);
}

/** Multiples of 1, 2 or 5 times a power of ten within both ends of an axis, so few of them that they are at most `most` steps apart. */
export function evenTicks(from: number, to: number, most: number): number[] {
  const power = 10 ** Math.floor(Math.log10((to - from) / most));
  const step = power * ([1, 2, 5].find((factor) => factor * power * most >= to - from) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A number beside a tick: `−0.5`, `10⁻⁴`, `10¹²`. */
export function tickText(value: number): string {
  const exponent = Math.log10(Math.abs(value));
  const power = Math.abs(exponent) > 3.5 && Number.isFinite(exponent) && Math.abs(exponent - Math.round(exponent)) < 1e-9;
  const text = power ? `10${String(Math.round(exponent)).replace(/[\d-]/g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)] ?? "⁻")}` : String(Math.abs(value));
  return value < 0 ? `−${text}` : text;
}
