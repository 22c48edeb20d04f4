import { InvalidArgumentError, describe } from "../errors.ts";
import { COLOR, type LegendEntry } from "./page.ts";

/** What is drawn for one of several methods. */
export interface Series<T> {
  /** Empty where there is but one, without a name. */
  readonly name: string;
  readonly points: readonly T[];
  readonly color: string;
  readonly symbol: string;
  readonly legend: LegendEntry;
}

/** Told apart by colour and without; the shape as the legend draws it. */
export const STYLES = [
  { color: COLOR.blue, symbol: "circle", shape: `<circle cx="11" cy="-4" r="4"/>` },
  { color: COLOR.orange, symbol: "square", shape: `<rect x="7.5" y="-7.5" width="7" height="7"/>` },
  { color: COLOR.green, symbol: "triangle", shape: `<path d="M11,-8.5L15,-1.5H7Z"/>` },
  { color: COLOR.purple, symbol: "diamond", shape: `<path d="M11,-8.6L14.2,-4L11,0.6L7.8,-4Z"/>` },
] as const;

/** One series, or several by name, of points that have `numbers`, all finite. */
export function seriesOf<T>(argument: string, given: readonly T[] | Readonly<Record<string, readonly T[]>>, single: string, maker: string, numbers: readonly (keyof T)[]): readonly Series<T>[] {
  const advice = `Pass ${maker}(prediction, targets), or several by name.`;
  const named: readonly (readonly [string, readonly T[]])[] = isList(given) ? [["", given]] : Object.entries(given ?? {});
  if (typeof given === "object" && given !== null && "logDensity" in given) throw new InvalidArgumentError({ argument, expected: `what ${maker}() gives`, received: "a prediction", advice });
  if (named.length === 0 || named.length > STYLES.length) throw new InvalidArgumentError({ argument, expected: `one to ${STYLES.length} series`, received: `${named.length}`, advice });
  return named.map(([name, points], i) => {
    if (!Array.isArray(points) || points.length === 0) throw new InvalidArgumentError({ argument, expected: "series of one or more points", received: `${describe(points)}${name === "" ? "" : ` for ${JSON.stringify(name)}`}`, advice });
    const odd = points.findIndex((point) => typeof point !== "object" || point === null);
    if (odd >= 0) throw new InvalidArgumentError({ argument, expected: `what ${maker}() gives`, received: `${describe(points[odd])} at index ${odd}${name === "" ? "" : ` of ${JSON.stringify(name)}`}`, advice });
    (points as readonly T[]).forEach((point, n) => {
      const bad = numbers.find((key) => !Number.isFinite(point[key]));
      if (bad !== undefined) throw new InvalidArgumentError({ argument, expected: `what ${maker}() gives`, received: `${String(bad)} ${describe(point[bad])} at index ${n}${name === "" ? "" : ` of ${JSON.stringify(name)}`}`, advice });
    });
    const { color, symbol, shape } = STYLES[i];
    const line = `<line x2="22" y1="-4" y2="-4" stroke-width="1.5"/>`;
    return { name, points, color, symbol, legend: { label: name === "" ? single : name, symbol: `<g stroke="${color}" fill="${color}">${line}${shape}</g>` } };
  });
}

function isList<T>(given: readonly T[] | Readonly<Record<string, readonly T[]>>): given is readonly T[] {
  return Array.isArray(given);
}
