import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import { checkLabels, type AxisLabels } from "./axis-labels.ts";
import { frame } from "./frame.ts";
import type { MatrixToDraw } from "./matrix-heat-map.ts";
import { COLOR, legendRows, page, placed } from "./page.ts";
import { STYLES } from "./series.ts";

/**
 * What {@link decisionRegions} shows.
 *
 * @category Plots
 */
export interface DecisionRegions {
  /** Probabilities of the classes at inputs, rows of two numbers: N x K, or N x 1, the probability of class 1, where there are two classes. */
  readonly probabilities: (inputs: readonly (readonly [number, number])[]) => MatrixToDraw | Promise<MatrixToDraw>;
  /** Both ends of the first input, on the horizontal axis. */
  readonly x: readonly [number, number];
  /** Both ends of the second input, on the vertical axis. */
  readonly y: readonly [number, number];
  /** Names of the axes. */
  readonly labels: AxisLabels;
  /** What the classifier was trained on. */
  readonly data?: LabelledPoints;
  /** Names of the classes. Default "class 0", "class 1", ... */
  readonly classes?: readonly string[];
}

/**
 * Points of the plane, each of a class.
 *
 * @category Plots
 */
export interface LabelledPoints {
  /** Two numbers for each. */
  readonly inputs: readonly (readonly number[])[];
  /** Classes, counted from 0. */
  readonly labels: readonly number[];
}

const WIDTH = 460;
const HEIGHT = 420;
const CELLS = 80;
const LEVELS = [0.5, 0.7, 0.9, 0.99];
const OPACITY = 0.17;

/**
 * Where a classifier of two inputs decides for which class, and how sure it is: a shade more where its probability passes 50, 70, 90 and 99 %.
 *
 * @category Plots
 * @throws {@link InvalidArgumentError} for probabilities that are none, more than four classes, and data that do not fit.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { Matrix } from "ml-matrix";
 * import { sigmoid } from "laplace-ts";
 * import { decisionRegions } from "laplace-ts/plots";
 * const svg = await decisionRegions({
 *   probabilities: (inputs) => Matrix.columnVector(inputs.map(([a, b]) => sigmoid(2 * a - b))),
 *   x: [-2, 2],
 *   y: [-2, 2],
 *   labels: { x: "input 1", y: "input 2" },
 * });
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export async function decisionRegions(shown: DecisionRegions): Promise<string> {
  knownOptions("decisionRegions", shown, ["probabilities", "x", "y", "labels", "data", "classes"]);
  const { labels, data } = shown;
  checkLabels("labels", labels);
  const [x, y] = [checkedRange("x", shown.x), checkedRange("y", shown.y)];
  const at = ([from, to]: readonly [number, number], i: number): number => from + ((i + 0.5) * (to - from)) / CELLS;
  const inputs = Array.from({ length: CELLS * CELLS }, (_, n): readonly [number, number] => [at(x, n % CELLS), at(y, Math.floor(n / CELLS))]);
  if (typeof shown.probabilities !== "function") throw noProbabilities(inputs.length, describe(shown.probabilities));
  const fields = fieldsOf(await shown.probabilities(inputs), inputs.length);
  const classes = checkedNames(shown.classes, fields.length);
  if (data !== undefined) checkData(data, fields.length);

  const place = { width: CELLS, height: CELLS, x1: x[0], x2: x[1], y1: y[0], y2: y[1] };
  const { x: xScale, y: yScale, ...shared } = frame(labels, WIDTH, HEIGHT);
  const points = data?.labels.map((label, n) => ({ label, x: data.inputs[n][0], y: data.inputs[n][1] })) ?? [];
  const chart = Plot.plot({
    ...shared,
    x: { ...xScale, domain: [...x] },
    y: { ...yScale, domain: [...y], grid: false, nice: false, inset: 0 },
    marks: [
      ...fields.flatMap((field, k) => LEVELS.map((level) => Plot.contour(field, { ...place, thresholds: [level], fill: STYLES[k].color, fillOpacity: OPACITY }))),
      ...fields.map((field) => Plot.contour(field, { ...place, thresholds: [LEVELS[0]], stroke: COLOR.ink, strokeWidth: 1.2, strokeOpacity: 0.8 })),
      ...fields.map((_, k) => Plot.dot(points.filter(({ label }) => label === k), { x: "x", y: "y", fill: STYLES[k].color, stroke: COLOR.paper, strokeWidth: 0.8, symbol: STYLES[k].symbol, r: 3.6 })),
      Plot.frame({ stroke: COLOR.ink, strokeOpacity: 0.4 }),
    ],
  });
  const legend = [
    ...classes.map((label, k) => ({ label, symbol: `<g fill="${STYLES[k].color}">${STYLES[k].shape}</g>` })),
    { label: `surer than ${LEVELS.map((level) => Math.round(100 * level)).join(", ")} %`, symbol: LEVELS.map((_, i) => `<rect x="${i * 5.5}" y="-10" width="${22 - i * 5.5}" height="12" fill="${STYLES[0].color}" fill-opacity="${OPACITY}"/>`).join("") },
  ];
  const key = legendRows(legend, WIDTH);
  return page(WIDTH, key.height + HEIGHT, [key.drawing, placed(chart, 0, key.height)]);
}

function noProbabilities(rows: number, received: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: "probabilities", expected: `a function from ${rows} inputs to probabilities of one to ${STYLES.length} classes, ${rows} x K`, received, advice: "As async (inputs) => (await predict(posterior, inputs)).probability." });
}

/** For each class its probability over the grid, from below. */
function fieldsOf(given: MatrixToDraw, rows: number): readonly number[][] {
  if (typeof given?.get !== "function") throw noProbabilities(rows, describe(given));
  if (given.rows !== rows || !(given.columns >= 1 && given.columns <= STYLES.length)) throw noProbabilities(rows, `${given.rows} x ${given.columns}`);
  const columns = Array.from({ length: given.columns }, (_, k) => Array.from({ length: rows }, (_, n) => given.get(n, k)));
  const bad = columns.flat().find((p) => !(p >= 0 && p <= 1 + 1e-9));
  if (bad !== undefined) throw noProbabilities(rows, `a value of ${bad}`);
  return columns.length === 1 ? [columns[0].map((p) => 1 - p), columns[0]] : columns;
}

function checkedRange(argument: string, range: readonly [number, number]): readonly [number, number] {
  if (Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] < range[1]) return range;
  throw new InvalidArgumentError({ argument, expected: "both ends of the axis, [from, to]", received: describe(range) });
}

function checkedNames(names: readonly string[] | undefined, count: number): readonly string[] {
  if (names === undefined) return Array.from({ length: count }, (_, k) => `class ${k}`);
  if (Array.isArray(names) && names.length === count) return names as readonly string[];
  throw new InvalidArgumentError({ argument: "classes", expected: `${count} names`, received: describe(names) });
}

function checkData(data: LabelledPoints, classes: number): void {
  const fits = Array.isArray(data?.inputs) && Array.isArray(data.labels) && data.inputs.length === data.labels.length && data.inputs.every((row: readonly number[] | null) => row?.length === 2 && Number.isFinite(row[0]) && Number.isFinite(row[1])) && data.labels.every((label: number) => Number.isInteger(label) && label >= 0 && label < classes);
  if (!fits) throw new InvalidArgumentError({ argument: "data", expected: `{ inputs, labels }: rows of two numbers, and as many classes from 0 to ${classes - 1}`, received: describe(data) });
}
