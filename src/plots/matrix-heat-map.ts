import { InvalidArgumentError, describe, knownOptions, positive } from "../errors.ts";
import type { ParameterTensor } from "../model/model.ts";
import { COLOR, escaped, page } from "./page.ts";

/**
 * A matrix as ml-matrix has them.
 *
 * @category Plots
 */
export interface MatrixToDraw {
  /** How many rows. */
  readonly rows: number;
  /** How many columns. */
  readonly columns: number;
  /** The entry in row i and column j, counted from 0. */
  get(i: number, j: number): number;
}

/**
 * Options of {@link matrixHeatMap}.
 *
 * @category Plots
 */
export interface MatrixHeatMapOptions {
  /** The tensors of a model, `model.tensors`: lines separate their weights, and names stand on the left. */
  readonly tensors?: readonly Pick<ParameterTensor, "name" | "offset" | "rows" | "columns">[];
  /** Shades go by the logarithm of an entry's size, over so many powers of ten below the largest; smaller entries stay blank. Default: shades in proportion to the size. */
  readonly decades?: number;
  /** What entries are, with their unit: stands beside the scale. Default "entry". */
  readonly label?: string;
}

const WIDTH = 680;
const GAP = 16;
const TITLE = 22;
const LEGEND = 40;
const LARGEST_PANEL = 380;
const MOST_ROWS = 200;
/** Characters of the smaller font. */
const CHARACTER = 5.6;

/**
 * Entries of one matrix, or of several side by side on one scale: blue above zero, orange below, the stronger the larger; blank for zero. For Hessians, precisions and covariances of up to 200 weights.
 *
 * @category Plots
 * @param matrices - One matrix, or several by name.
 * @throws {@link InvalidArgumentError} for matrices that are too large to draw or not finite, and tensors that do not fit.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { hessian, gaussian, mlp } from "laplace-ts";
 * import { matrixHeatMap } from "laplace-ts/plots";
 * const network = mlp([1, 3, 1], { seed: 1 });
 * const matrix = hessian(network, gaussian({ noise: 1 }), { inputs: [-1, 0, 1], targets: [0, 1, 0] });
 * console.log(matrixHeatMap(matrix, { tensors: network.tensors, decades: 3 }).slice(0, 4)); // <svg
 * ```
 */
export function matrixHeatMap(matrices: MatrixToDraw | Readonly<Record<string, MatrixToDraw>>, options: MatrixHeatMapOptions = {}): string {
  knownOptions("options", options, ["tensors", "decades", "label"]);
  const { tensors = [], label = "entry" } = options;
  const decades = options.decades === undefined ? undefined : positive("decades", options.decades);
  const named = checkedMatrices(matrices);
  if (tensors.length > 0) checkTensors(tensors, named);
  const largest = Math.max(...named.map(([, matrix]) => largestOf(matrix))) || 1;
  const strength = strengthOf(largest, decades);

  const names = tensors.length === 0 ? 0 : 10 + CHARACTER * Math.max(...tensors.map(({ name }) => name.length));
  const perRow = named.length === 4 ? 2 : Math.min(3, named.length);
  const side = Math.floor(Math.min(LARGEST_PANEL, (WIDTH - names - (perRow - 1) * GAP) / perRow));
  const title = named[0][0] === "" ? 0 : TITLE;
  const panels = named.map(([name, matrix], i) => {
    const x = names + (i % perRow) * (side + GAP);
    const y = LEGEND + Math.floor(i / perRow) * (side + GAP + title) + title;
    return `<g transform="translate(${x}, ${y})">${heading(name)}${panel(matrix, side, tensors, strength)}${i % perRow === 0 ? tensorNames(tensors, side / matrix.rows) : ""}</g>`;
  });
  const height = LEGEND + Math.ceil(named.length / perRow) * (side + GAP + title);
  return page(Math.max(360, names + perRow * side + (perRow - 1) * GAP), height, [scaleLegend(label, largest, named.some(([, matrix]) => hasNegative(matrix)), decades, strength), ...panels]);
}

type Strength = (value: number) => number;

/** From 0, blank, to 1. */
function strengthOf(largest: number, decades: number | undefined): Strength {
  if (decades === undefined) return (value) => Math.abs(value) / largest;
  return (value) => (value === 0 ? 0 : Math.max(0, 1 + Math.log10(Math.abs(value) / largest) / decades));
}

/** Entries as unit squares in two groups, above and below zero. */
function panel(matrix: MatrixToDraw, side: number, tensors: MatrixHeatMapOptions["tensors"] & {}, strength: Strength): string {
  const { rows, columns } = matrix;
  const signs: [string[], string[]] = [[], []];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = matrix.get(i, j);
      const opacity = strength(value).toFixed(2);
      if (Number(opacity) > 0) signs[value > 0 ? 0 : 1].push(`<path d="M${j},${i}h1v1h-1z" opacity="${opacity}"/>`);
    }
  }
  const squares = signs.map((paths, s) => `<g fill="${s === 0 ? COLOR.blue : COLOR.orange}">${paths.join("")}</g>`).join("");
  const height = (side * rows) / columns;
  const lines = tensors.slice(1).map(({ offset }) => (offset * side) / rows).map((at) => `M${at.toFixed(1)},0V${side}M0,${at.toFixed(1)}H${side}`).join("");
  return `<g transform="scale(${side / columns})" shape-rendering="crispEdges">${squares}</g><path d="${lines}" stroke="${COLOR.ink}" stroke-opacity="0.35" stroke-width="0.7"/><rect width="${side}" height="${height}" fill="none" stroke="${COLOR.ink}" stroke-width="0.8"/>`;
}

function heading(name: string): string {
  return name === "" ? "" : `<text y="-7" fill="${COLOR.ink}">${escaped(name)}</text>`;
}

/** Beside the middle of their rows, or below the name before. */
function tensorNames(tensors: MatrixHeatMapOptions["tensors"] & {}, cell: number): string {
  let least = 0;
  const texts = tensors.map(({ name, offset, rows, columns }) => {
    const y = Math.max(least, (offset + (rows * columns) / 2) * cell + 4);
    least = y + 11;
    return `<text x="-6" y="${y.toFixed(1)}">${escaped(name)}</text>`;
  });
  return `<g font-size="10" text-anchor="end" fill="${COLOR.ink}">${texts.join("")}</g>`;
}

/** Shades from the most negative, or from zero where nothing is below, to the most positive, with their values. */
function scaleLegend(label: string, largest: number, negative: boolean, decades: number | undefined, strength: Strength): string {
  const steps = decades === undefined ? [1, 0.75, 0.5, 0.25] : Array.from({ length: Math.ceil(decades) }, (_, i) => 10 ** -i);
  const values = [...(negative ? steps.map((step) => -step * largest) : []), 0, ...steps.map((step) => step * largest).reverse()];
  const width = Math.max(36, ...values.map((value) => 4 + 1.15 * CHARACTER * number(value).length));
  const swatches = values.map((value, i) => {
    const opacity = strength(value).toFixed(2);
    const swatch = `<rect x="${i * width}" y="0" width="${width}" height="10" fill="${value < 0 ? COLOR.orange : COLOR.blue}" fill-opacity="${opacity}"/>`;
    return `${swatch}<text x="${(i + 0.5) * width}" y="22">${number(value)}</text>`;
  });
  const x = 12 + CHARACTER * 1.15 * label.length;
  const outline = `<rect width="${values.length * width}" height="10" fill="none" stroke="${COLOR.ink}" stroke-width="0.6"/>`;
  return `<text x="0" y="11" fill="${COLOR.ink}">${escaped(label)}</text><g transform="translate(${x}, 2)" font-size="10" text-anchor="middle" fill="${COLOR.ink}">${swatches.join("")}${outline}</g>`;
}

function number(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1e4 || (size > 0 && size < 1e-3) ? value.toExponential(0) : String(Number(value.toPrecision(2)));
  return text.replaceAll("-", "−");
}

function isMatrix(value: unknown): value is MatrixToDraw {
  return typeof (value as { readonly get?: unknown } | null | undefined)?.get === "function" && typeof (value as { readonly rows?: unknown }).rows === "number";
}

function checkedMatrices(given: MatrixToDraw | Readonly<Record<string, MatrixToDraw>>): readonly (readonly [string, MatrixToDraw])[] {
  const advice = "Pass a Matrix of ml-matrix, as hessian() or posterior.covariance() gives, or several by name.";
  const named: readonly (readonly [string, MatrixToDraw])[] = isMatrix(given) ? [["", given]] : Object.entries(given ?? {});
  const wrong = (received: string): InvalidArgumentError => new InvalidArgumentError({ argument: "matrices", expected: `finite matrices of at most ${MOST_ROWS} rows and columns`, received, advice });
  if (named.length === 0) throw wrong(describe(given));
  for (const [, matrix] of named) {
    if (!isMatrix(matrix)) throw wrong(describe(matrix));
    if (!(matrix.rows > 0 && matrix.rows <= MOST_ROWS && matrix.columns > 0 && matrix.columns <= MOST_ROWS)) throw wrong(`${matrix.rows} x ${matrix.columns}`);
    if (!Number.isFinite(largestOf(matrix))) throw wrong("an entry that is not finite");
  }
  return named;
}

function checkTensors(tensors: MatrixHeatMapOptions["tensors"] & {}, matrices: readonly (readonly [string, MatrixToDraw])[]): void {
  const weights = tensors.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  const wrong = matrices.find(([, { rows, columns }]) => rows !== weights || columns !== weights)?.[1];
  if (wrong !== undefined) throw new InvalidArgumentError({ argument: "tensors", expected: `the tensors of a model of ${wrong.rows} weights, for matrices of ${wrong.rows} x ${wrong.rows}`, received: `${weights} weights, for ${wrong.rows} x ${wrong.columns}` });
}

function hasNegative(matrix: MatrixToDraw): boolean {
  return Array.from({ length: matrix.rows }, (_, i) => Array.from({ length: matrix.columns }, (_, j) => matrix.get(i, j) < 0)).flat().includes(true);
}

function largestOf(matrix: MatrixToDraw): number {
  let largest = 0;
  for (let i = 0; i < matrix.rows; i++) {
    for (let j = 0; j < matrix.columns; j++) largest = Math.max(largest, Math.abs(matrix.get(i, j)));
  }
  return largest;
}
