/** What rounding costs, and how large it is beside the error bars, as SVG text. */
import { seriesPanels, type SeriesPanel, type SeriesPoint } from "laplace-ts/plots";
import { METHODS, type Method, type Outcome } from "./networks.ts";

/** On the left the rise of the training loss by the bits of a weight, on the right rounding in standard deviations. */
export function quantisingPicture(outcomes: readonly Outcome[]): string {
  return seriesPanels([lossPanel(outcomes), errorBarPanel(outcomes)], { legend: { expected: "expected", level: "the error bar itself" } });
}

/** Geometric means over the networks; the measured rise, and dotted what was expected. */
function lossPanel(outcomes: readonly Outcome[]): SeriesPanel {
  const rises = (method: Method, rise: "measured" | "predicted"): SeriesPoint[] =>
    outcomes[0].rounded
      .filter((one) => one.method === method)
      .map(({ meanBits }) => ({ x: meanBits, y: geometricMean(outcomes.flatMap(({ rounded }) => rounded.filter((one) => one.method === method && one.meanBits === meanBits).map((one) => one[rise]))) }));
  return {
    labels: { x: "bits of a weight, on average", y: "rise of the training loss (nats per example)" },
    y: { type: "log", domain: [1e-5, 1] },
    series: Object.fromEntries(METHODS.map((method) => [method, rises(method, "measured")])),
    expected: Object.fromEntries(METHODS.map((method) => [method, rises(method, "predicted")])),
  };
}

/** All layers alike: root mean squares over the networks, and at 1 the error bars themselves. */
function errorBarPanel(outcomes: readonly Outcome[]): SeriesPanel {
  const ratios = (key: "weightRatio" | "outputRatio"): SeriesPoint[] =>
    outcomes[0].errorBars.map(({ bits }, i) => ({ x: bits, y: Math.sqrt(outcomes.reduce((sum, { errorBars }) => sum + errorBars[i][key] ** 2, 0) / outcomes.length) }));
  return {
    labels: { x: "bits of a weight, all layers alike", y: "rounding / posterior standard deviation" },
    y: { type: "log", domain: [1e-3, 2] },
    series: { "rounding of weights": ratios("weightRatio"), "rounding of outputs": ratios("outputRatio") },
    level: 1,
  };
}

/** Of rises above 0; what is not counts as the least that the axis shows. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(Math.max(value, 1e-6)), 0) / values.length);
}
