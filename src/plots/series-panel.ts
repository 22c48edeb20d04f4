import { InvalidArgumentError, describe, knownOptions, oneOf, text, trueOrFalse } from "../errors.ts";
import { checkLabels, type AxisLabels } from "./axis-labels.ts";

/**
 * A point of {@link SeriesPanel}.
 *
 * @category Plots
 */
export interface SeriesPoint {
  /** A number, or a name, for which there is a place on the axis. */
  readonly x: number | string;
  /** Its height. */
  readonly y: number;
  /** Drawn large and filled. */
  readonly chosen?: boolean;
  /** Lower end of a shaded band around the line, as the lower quartile of several runs. Default: no band. */
  readonly lower?: number;
  /** Upper end. */
  readonly upper?: number;
}

/**
 * An axis of {@link SeriesPanel}.
 *
 * @category Plots
 */
export interface SeriesScale {
  /** Default "linear". */
  readonly type?: "linear" | "log";
  /** Both ends; the first may be the larger. Default: those of the points. */
  readonly domain?: readonly [number, number];
}

/**
 * One of the charts of {@link seriesPanels}.
 *
 * @category Plots
 */
export interface SeriesPanel {
  /** Names of the axes. */
  readonly labels: AxisLabels;
  /** Points of each series, by its name: of one name, of one colour and shape in all panels. */
  readonly series: Readonly<Record<string, readonly SeriesPoint[]>>;
  /** Lines without points, dotted, in the colours of the series of the same names: what was expected of them. */
  readonly expected?: Readonly<Record<string, readonly SeriesPoint[]>>;
  /** The horizontal axis. */
  readonly x?: SeriesScale;
  /** The vertical axis. */
  readonly y?: SeriesScale;
  /** Height of a dashed line from side to side. */
  readonly level?: number;
  /** Words in the upper right corner. */
  readonly note?: string;
}

/** Throws unless the chart can be drawn as it says. */
export function checkPanel(argument: string, panel: SeriesPanel): void {
  knownOptions(argument, panel, ["labels", "series", "expected", "x", "y", "level", "note"]);
  const { labels, series, expected = {}, x = {}, y = {}, level, note } = panel;
  checkLabels(`${argument}.labels`, labels);
  checkScale(`${argument}.x`, x);
  checkScale(`${argument}.y`, y);
  if (level !== undefined) checkNumber(`${argument}.level`, level, y);
  if (note !== undefined) text(`${argument}.note`, note);
  const points = { series, expected };
  const lengths = (["series", "expected"] as const).flatMap((key) => Object.entries(checkedNames(`${argument}.${key}`, points[key])).map(([name, own]) => checkPoints(`${argument}.${key}[${JSON.stringify(name)}]`, own, x, y)));
  if (lengths.every((length) => length === 0)) throw new InvalidArgumentError({ argument: `${argument}.series`, expected: BY_NAME, received: "no points" });
}

const BY_NAME = "one or more points { x, y } by name, as { ours: [{ x: 1, y: 2 }] }";

function checkedNames<T>(argument: string, series: T): T {
  if (typeof series === "object" && series !== null && !Array.isArray(series)) return series;
  throw new InvalidArgumentError({ argument, expected: BY_NAME, received: describe(series) });
}

/** How many there are. */
function checkPoints(argument: string, points: readonly SeriesPoint[], x: SeriesScale, y: SeriesScale): number {
  if (!Array.isArray(points)) throw new InvalidArgumentError({ argument, expected: "an array of points { x, y }", received: describe(points) });
  (points as readonly SeriesPoint[]).forEach((point, n) => {
    const place = `${argument}[${n}]`;
    knownOptions(place, point, ["x", "y", "chosen", "lower", "upper"]);
    if (typeof point.x !== "string" || x.type === "log") checkNumber(`${place}.x`, point.x, x);
    for (const key of ["y", "lower", "upper"] as const) if (key === "y" || point[key] !== undefined) checkNumber(`${place}.${key}`, point[key], y);
    if (point.chosen !== undefined) trueOrFalse(`${place}.chosen`, point.chosen);
    if ((point.lower === undefined) !== (point.upper === undefined)) throw new InvalidArgumentError({ argument: place, expected: "lower and upper of a point together, or neither", received: `only ${point.lower === undefined ? "upper" : "lower"}` });
  });
  return points.length;
}

function checkScale(argument: string, scale: SeriesScale): void {
  knownOptions(argument, scale, ["type", "domain"]);
  if (scale.type !== undefined) oneOf(`${argument}.type`, scale.type, ["linear", "log"]);
  if (scale.domain === undefined) return;
  const domain: unknown = scale.domain;
  if (!Array.isArray(domain) || domain.length !== 2) throw new InvalidArgumentError({ argument: `${argument}.domain`, expected: "both ends of the axis, [from, to]", received: describe(domain) });
  domain.forEach((end, i) => checkNumber(`${argument}.domain[${i}]`, end, scale));
}

function checkNumber(argument: string, value: unknown, { type }: SeriesScale): void {
  if (Number.isFinite(value) && (type !== "log" || (value as number) > 0)) return;
  throw new InvalidArgumentError({ argument, expected: type === "log" ? "a finite number above zero, as the axis is logarithmic" : "a finite number", received: describe(value) });
}
