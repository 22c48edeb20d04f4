/** What rounding costs, and how large it is beside the error bars, as SVG text. */
import * as Plot from "@observablehq/plot";
import { COLOR, document, legendRow, page, placed, type Chart } from "../plots.ts";
import { METHODS, type Method, type Outcome } from "./networks.ts";

const PANEL = { width: 360, height: 300 };
const LEGEND = 28;

const STYLES: Readonly<Record<Method, { readonly color: string; readonly symbol: string; readonly legend: string }>> = {
  uniform: { color: COLOR.ink, symbol: "circle", legend: `<circle cx="11" cy="-4" r="3.6"/>` },
  "least increase": { color: COLOR.blue, symbol: "square", legend: `<rect x="7.6" y="-7.4" width="6.8" height="6.8"/>` },
  "by sensitivity": { color: COLOR.orange, symbol: "triangle", legend: `<path d="M11,-8.2L14.6,-1.9H7.4Z"/>` },
};
const RATIOS = [
  { key: "weightRatio", label: "weights", color: COLOR.green },
  { key: "outputRatio", label: "outputs", color: COLOR.purple },
] as const;

/** On the left the rise of the training loss by the bits of a weight, on the right rounding in standard deviations. */
export function quantisingPicture(outcomes: readonly Outcome[]): string {
  const methods = METHODS.map((method) => ({ label: method, symbol: `<g stroke="${STYLES[method].color}" stroke-width="1.4" fill="${COLOR.paper}"><line x2="22" y1="-4" y2="-4"/>${STYLES[method].legend}</g>` }));
  const ratios = RATIOS.map(({ label, color }) => ({ label: `rounding of ${label}`, symbol: `<g stroke="${color}" stroke-width="1.4" fill="${COLOR.paper}"><line x2="22" y1="-4" y2="-4"/><circle cx="11" cy="-4" r="3.6"/></g>` }));
  return page(2 * PANEL.width, LEGEND + PANEL.height, [legendRow([...methods, ...ratios]), placed(lossPanel(outcomes), 0, LEGEND), placed(errorBarPanel(outcomes), PANEL.width, LEGEND)]);
}

/** Geometric means over the networks; the measured rise, and dotted what was expected. */
function lossPanel(outcomes: readonly Outcome[]): Chart {
  return Plot.plot({
    ...frame("bits of a weight, on average", "rise of the training loss (nats per example)", [1e-5, 1]),
    marks: METHODS.flatMap((method) => {
      const { color, symbol } = STYLES[method];
      const budgets = outcomes[0].rounded.filter((one) => one.method === method).map(({ meanBits }) => meanBits);
      const points = budgets.map((meanBits) => {
        const own = outcomes.flatMap(({ rounded }) => rounded.filter((one) => one.method === method && one.meanBits === meanBits));
        return { meanBits, measured: geometricMean(own.map(({ measured }) => measured)), predicted: geometricMean(own.map(({ predicted }) => predicted)) };
      });
      return [
        Plot.lineY(points, { x: "meanBits", y: "predicted", stroke: color, strokeDasharray: "1 4", strokeWidth: 1.6, strokeLinecap: "round" }),
        Plot.lineY(points, { x: "meanBits", y: "measured", stroke: color, strokeWidth: 1.4 }),
        Plot.dot(points, { x: "meanBits", y: "measured", stroke: color, symbol, strokeWidth: 1.4, r: 3.4, fill: COLOR.paper }),
      ];
    }),
  });
}

/** All layers alike: root mean squares over the networks, and at 1 the error bars themselves. */
function errorBarPanel(outcomes: readonly Outcome[]): Chart {
  return Plot.plot({
    ...frame("bits of a weight, all layers alike", "rounding over posterior standard deviation", [1e-3, 2]),
    marks: [
      Plot.ruleY([1], { stroke: COLOR.ink, strokeDasharray: "4 4" }),
      ...RATIOS.flatMap(({ key, color }) => {
        const points = outcomes[0].errorBars.map(({ bits }, i) => ({ bits, ratio: Math.sqrt(outcomes.reduce((sum, { errorBars }) => sum + errorBars[i][key] ** 2, 0) / outcomes.length) }));
        return [Plot.lineY(points, { x: "bits", y: "ratio", stroke: color, strokeWidth: 1.4 }), Plot.dot(points, { x: "bits", y: "ratio", stroke: color, strokeWidth: 1.4, r: 3.4, fill: COLOR.paper })];
      }),
    ],
  });
}

function frame(x: string, y: string, domain: readonly [number, number]): Plot.PlotOptions {
  const powers = [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1].filter((power) => power >= domain[0]);
  return {
    document,
    ...PANEL,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 32,
    marginBottom: 42,
    x: { label: x, labelArrow: "none", labelAnchor: "center", ticks: 5 },
    y: { type: "log", label: y, labelArrow: "none", domain: [...domain], grid: true, ticks: powers, tickFormat: (value: number) => (value < 1e-4 ? value.toExponential() : String(value)) },
  };
}

/** Of rises above 0; what is not counts as the least that the axis shows. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(Math.max(value, 1e-6)), 0) / values.length);
}
