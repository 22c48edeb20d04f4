import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import type { SpectralDensity } from "../spectrum/spectral-density.ts";
import { checkLabels, type AxisLabels } from "./axis-labels.ts";
import { frame } from "./frame.ts";
import { COLOR, legendRow, lineSymbol, page, placed } from "./page.ts";

/**
 * Options of {@link spectralDensityPlot}.
 *
 * @category Plots
 */
export interface SpectralDensityPlotOptions {
  /** Default "eigenvalue" and "density". */
  readonly labels?: AxisLabels;
}

const WIDTH = 680;
const HEIGHT = 340;
const LEGEND = 28;
/** Orders of magnitude that are shown below the peak. */
const ORDERS = 6;
/** The colours of several spectra, and dashes that tell them apart without colour. */
const STYLES = [
  { color: COLOR.blue, dashes: "none" },
  { color: COLOR.orange, dashes: "7 3" },
  { color: COLOR.green, dashes: "2 3" },
  { color: COLOR.purple, dashes: "9 3 2 3" },
] as const;

/**
 * The density of eigenvalues, with a logarithmic scale of densities, as most eigenvalues of curvature are near 0 and few are far from it; ticks on the lower edge where single eigenvalues were seen at the ends.
 *
 * @category Plots
 * @param density - From {@link spectralDensity}: of one operator, or of up to four by name, as of the layers.
 * @throws {@link InvalidArgumentError} for what is no such density.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { spectralDensity } from "laplace-ts";
 * import { spectralDensityPlot } from "laplace-ts/plots";
 * const density = await spectralDensity({ size: 3, times: (v) => v.map((x, i) => i * x) });
 * const svg = spectralDensityPlot(density);
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export function spectralDensityPlot(density: SpectralDensity | Readonly<Record<string, SpectralDensity>>, options: SpectralDensityPlotOptions = {}): string {
  knownOptions("options", options, ["labels"]);
  const { labels = { x: "eigenvalue", y: "density" } } = options;
  checkLabels("labels", labels);
  const spectra = spectraOf(density);
  const { x, y, ...shared } = frame(labels, WIDTH, HEIGHT);
  const peak = spectra.reduce((most, { curve }) => curve.reduce((height, point) => Math.max(height, point.density), most), 0);
  const floor = peak / 10 ** ORDERS;
  const chart = Plot.plot({
    ...shared,
    x: { ...x },
    y: { ...y, type: "log", domain: [floor, 2 * peak], nice: false, inset: 0, ticks: ORDERS, tickFormat: (value: number) => value.toExponential(0).replace("e+", "e") },
    marks: spectra.flatMap(({ curve, ends, color, dashes }) => [
      // A line breaks off where a number is none.
      Plot.line(curve.map(({ eigenvalue, density }) => ({ eigenvalue, density: density < floor ? NaN : density })), { x: "eigenvalue", y: "density", stroke: color, strokeWidth: 1.6, strokeDasharray: dashes }),
      Plot.tickX(ends, { x: (value: number) => value, stroke: color, strokeOpacity: 0.7, insetTop: HEIGHT - 32 - 44 - 9 }),
    ]),
  });
  const named = spectra.filter(({ name }) => name !== "");
  const legend = named.length === 0 ? [] : [legendRow(named.map(({ name, color, dashes }) => ({ label: name, symbol: lineSymbol(color, dashes) })))];
  const top = legend.length * LEGEND;
  return page(WIDTH, top + HEIGHT, [...legend, placed(chart, 0, top)]);
}

interface Spectrum {
  readonly name: string;
  readonly curve: readonly { readonly eigenvalue: number; readonly density: number }[];
  /** Ritz values that stand apart from the others. */
  readonly ends: readonly number[];
  readonly color: string;
  readonly dashes: string;
}

function spectraOf(given: SpectralDensity | Readonly<Record<string, SpectralDensity>>): readonly Spectrum[] {
  const advice = "Pass what spectralDensity() resolves to, or several by name.";
  if (typeof given !== "object" || given === null || given instanceof Promise) throw new InvalidArgumentError({ argument: "density", expected: "a spectral density", received: describe(given), advice: given instanceof Promise ? "Await it first." : advice });
  const named: readonly (readonly [string, SpectralDensity])[] = isDensity(given) ? [["", given]] : Object.entries(given);
  if (named.length === 0 || named.length > STYLES.length) throw new InvalidArgumentError({ argument: "density", expected: `one to ${STYLES.length} spectra`, received: `${named.length}`, advice });
  return named.map(([name, density], i) => {
    if (!isDensity(density)) throw new InvalidArgumentError({ argument: "density", expected: "a spectral density", received: `${describe(density)} for ${JSON.stringify(name)}`, advice });
    const { eigenvalues, density: heights, ritzValues, bandwidth } = density;
    return {
      name,
      curve: Array.from(eigenvalues, (eigenvalue, t) => ({ eigenvalue, density: heights[t] })),
      ends: apart(ritzValues, 2 * bandwidth),
      ...STYLES[i],
    };
  });
}

function isDensity(value: unknown): value is SpectralDensity {
  return typeof value === "object" && value !== null && "eigenvalues" in value && "ritzValues" in value;
}

/** The means of groups of ascending values that are further than the gap from the next: an eigenvalue that several probes saw counts once. */
function apart(values: Float64Array, gap: number): number[] {
  const groups: number[][] = [];
  values.forEach((value, i) => {
    if (i === 0 || value - values[i - 1] > gap) groups.push([value]);
    else groups[groups.length - 1].push(value);
  });
  return groups.filter((group) => group[group.length - 1] - group[0] <= gap / 4).map((group) => group.reduce((sum, value) => sum + value, 0) / group.length);
}
