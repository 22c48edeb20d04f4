import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions, madeBy } from "../errors.ts";
import type { Interval } from "../likelihood/prediction.ts";
import type { RegressionPrediction } from "../likelihood/regression-prediction.ts";
import { checkLabels, type AxisLabels } from "./axis-labels.ts";
import { frame } from "./frame.ts";
import type { MatrixToDraw } from "./matrix-heat-map.ts";
import { COLOR, legendRow, lineSymbol, page, placed, type LegendEntry } from "./page.ts";

/**
 * Points of a scatter plot: one input and one target each.
 *
 * @category Plots
 */
export interface Points {
  /** Their places on the horizontal axis. */
  readonly inputs: readonly number[];
  /** On the vertical axis. */
  readonly targets: readonly number[];
}

/**
 * What {@link bands} shows.
 *
 * @category Plots
 */
export interface Bands {
  /** Where the prediction was made, in increasing order. */
  readonly inputs: readonly number[];
  /** What was predicted there, for one output. */
  readonly prediction: Pick<RegressionPrediction, "mean" | "interval" | "meanInterval">;
  /** Names of the axes. */
  readonly labels: AxisLabels;
  /** What the model was trained on. */
  readonly data?: Points;
  /** Functions drawn from the posterior, at the same inputs: what {@link functionDraws} gives. */
  readonly draws?: readonly MatrixToDraw[];
  /** The function behind the data, where it is known. */
  readonly truth?: (input: number) => number;
  /** Probabilities that the bands hold a new target with. Default 50 and 90 %. */
  readonly levels?: readonly number[];
  /** Probability that the dashed lines hold the noise-free function with. Default 90 %. */
  readonly epistemicLevel?: number;
}

const WIDTH = 680;
const HEIGHT = 400;
const LEGEND = 28;

/**
 * Data, mean and bands over one input: shaded where new targets fall, dashed where the noise-free function may be. With draws, what such functions look like.
 *
 * @category Plots
 * @throws {@link InvalidArgumentError} for what is no prediction of one output, made at as many inputs in increasing order, and for data, draws and labels that are none.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, predict } from "laplace-ts";
 * import { bands } from "laplace-ts/plots";
 * const data = { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] };
 * const posterior = await laplace(mlp([1, 1], { parameters: [1, 0] }), gaussian({ noise: 0.1 }), data);
 * const inputs = Array.from({ length: 50 }, (_, i) => i / 10 - 1);
 * const svg = bands({ inputs, prediction: await predict(posterior, inputs), labels: { x: "x", y: "t" } });
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export function bands(shown: Bands): string {
  knownOptions("bands", shown, ["inputs", "prediction", "labels", "data", "draws", "truth", "levels", "epistemicLevel"]);
  const { labels, draws = [], truth, levels = [0.5, 0.9], epistemicLevel = 0.9 } = shown;
  const prediction = madeBy("predict() for numbers", "prediction", shown.prediction, "meanInterval");
  const { rows, columns } = prediction.mean;
  if (columns !== 1) throw new InvalidArgumentError({ argument: "prediction", expected: "a prediction of one output", received: `${columns} outputs` });
  const inputs = checkedInputs(shown.inputs, rows);
  checkLabels("labels", labels);
  const data = shown.data === undefined ? undefined : checkedData(shown.data);
  if (!isList(draws)) throw new InvalidArgumentError({ argument: "draws", expected: "an array of functions at the inputs", received: describe(draws), advice: "Pass await functionDraws(posterior, inputs)." });
  if (truth !== undefined && typeof truth !== "function") throw new InvalidArgumentError({ argument: "truth", expected: "a function of an input", received: describe(truth) });
  if (!isList(levels)) throw new InvalidArgumentError({ argument: "levels", expected: "an array of probabilities", received: describe(levels) });
  const wrongDraw = draws.find((draw) => draw?.rows !== rows || draw.columns !== 1);
  if (wrongDraw !== undefined) throw new InvalidArgumentError({ argument: "draws", expected: `functions at the ${rows} inputs, ${rows} x 1 each`, received: `${wrongDraw?.rows} x ${wrongDraw?.columns}`, advice: "Pass await functionDraws(posterior, inputs)." });
  const mean = prediction.mean.to1DArray();
  const epistemic = edges(inputs, prediction.meanInterval(epistemicLevel));
  const widestFirst = [...levels].sort((a, b) => b - a);
  const opacity = 0.5 / (levels.length + 1);
  const dashed = { x: "x", stroke: COLOR.blue, strokeWidth: 1.2, strokeDasharray: "5 4" };
  const line = { x: (_: number, i: number) => inputs[i], strokeWidth: 2 };
  const chart = Plot.plot({
    ...frame(labels, WIDTH, HEIGHT),
    marks: [
      ...widestFirst.map((level) => Plot.areaY(edges(inputs, prediction.interval(level)), { x: "x", y1: "lower", y2: "upper", fill: COLOR.blue, fillOpacity: opacity })),
      ...(data ? [Plot.dot(data.inputs, { x: data.inputs as number[], y: data.targets as number[], fill: COLOR.ink, fillOpacity: 0.65, r: 2.4 })] : []),
      ...draws.map((draw) => Plot.lineY(inputs.map((_, n) => draw.get(n, 0)), { ...line, stroke: COLOR.green, strokeWidth: 1, strokeOpacity: 0.75 })),
      Plot.lineY(epistemic, { ...dashed, y: "lower" }),
      Plot.lineY(epistemic, { ...dashed, y: "upper" }),
      Plot.lineY(mean, { ...line, stroke: COLOR.blue }),
      ...(truth ? [Plot.lineY(inputs.map(truth), { ...line, stroke: COLOR.orange, strokeDasharray: "2 4" })] : []),
    ],
  });
  const legend: LegendEntry[] = [
    { label: "mean", symbol: lineSymbol(COLOR.blue) },
    { label: `${widestFirst.map(percent).reverse().join(", ")} % of new targets`, symbol: bandSymbol(widestFirst.length, opacity) },
    { label: `${percent(epistemicLevel)} % without noise`, symbol: lineSymbol(COLOR.blue, "5 4") },
    ...(draws.length > 0 ? [{ label: "draws", symbol: lineSymbol(COLOR.green) }] : []),
    ...(truth ? [{ label: "truth", symbol: lineSymbol(COLOR.orange, "2 4") }] : []),
    ...(data ? [{ label: "data", symbol: `<circle cx="11" cy="-4" r="3" fill="${COLOR.ink}" fill-opacity="0.65"/>` }] : []),
  ];
  return page(WIDTH, HEIGHT + LEGEND, [legendRow(legend), placed(chart, 0, LEGEND)]);
}

function checkedInputs(given: readonly number[], rows: number): readonly number[] {
  const inputs = column("inputs", "finite numbers in increasing order", given, "Pass the column that varies: inputs: rows.map((row) => row[0]).");
  if (inputs.length !== rows) throw new InvalidArgumentError({ argument: "inputs", expected: "those that the prediction was made at", received: `${inputs.length} inputs for predictions at ${rows}` });
  const back = inputs.findIndex((input, n) => n > 0 && input < inputs[n - 1]);
  if (back >= 0) throw new InvalidArgumentError({ argument: "inputs", expected: "finite numbers in increasing order", received: `${inputs[back]} at index ${back}, after ${inputs[back - 1]}`, advice: "Sort them, and predict at them in that order." });
  return inputs;
}

function checkedData(data: Points): Points {
  const given: Partial<Points> | null = data;
  if (typeof given !== "object" || given === null || given.inputs === undefined || given.targets === undefined) throw new InvalidArgumentError({ argument: "data", expected: "{ inputs, targets }, arrays of numbers", received: describe(given) });
  const inputs = column("data.inputs", "an array of finite numbers", given.inputs, "Pass the column that is drawn: data: { inputs: rows.map((row) => row[0]), targets }.");
  const targets = column("data.targets", "an array of finite numbers", given.targets, "Pass the column that is drawn: data: { inputs, targets: rows.map((row) => row[0]) }.");
  if (inputs.length !== targets.length) throw new InvalidArgumentError({ argument: "data", expected: "a target for each input", received: `${inputs.length} inputs and ${targets.length} targets` });
  return { inputs, targets };
}

/** Finite numbers of an array or a typed array; rows get an advice of their own. */
function column(argument: string, expected: string, given: unknown, adviceForRows: string): readonly number[] {
  if (!isList(given)) throw new InvalidArgumentError({ argument, expected, received: describe(given) });
  const odd = Array.from(given).findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return Array.from(given) as number[];
  throw new InvalidArgumentError({ argument, expected, received: `${describe(given[odd])} at index ${odd}`, advice: isList(given[odd]) ? adviceForRows : undefined });
}

/** An array or a typed array. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

interface Edge {
  readonly x: number;
  readonly lower: number;
  readonly upper: number;
}

function edges(inputs: readonly number[], { lower, upper }: Interval): Edge[] {
  return inputs.map((x, n) => ({ x, lower: lower.get(n, 0), upper: upper.get(n, 0) }));
}

function percent(level: number): string {
  return String(Number((100 * level).toPrecision(3)));
}

/** The bands laid over each other, as in the chart. */
function bandSymbol(count: number, opacity: number): string {
  const band = (_: unknown, i: number): string => {
    const height = (16 * (count - i)) / count;
    return `<rect width="22" height="${height}" y="${-4 - height / 2}" fill="${COLOR.blue}" fill-opacity="${opacity}"/>`;
  };
  return Array.from({ length: count }, band).join("");
}
