/** The pictures of `laplace-ts/plots`, drawn in a document of linkedom's. */
import type * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import * as plots from "laplace-ts/plots";

export { COLOR, legendRow, matrixHeatMap, page, placed } from "laplace-ts/plots";

// Plot draws in a browser's document; linkedom's serves. Deno does not know the types of either.
export const { document } = parseHTML("<html></html>") as unknown as Required<Pick<Plot.PlotOptions, "document">>;
export type Chart = ReturnType<typeof Plot.plot>;

export const bands = (shown: plots.Bands): string => plots.bands({ ...shown, document });
export const evidenceBySize = (models: readonly plots.SizedModel[], options: plots.EvidenceBySizeOptions = {}): string => plots.evidenceBySize(models, { ...options, document });
export const decisionRegions = (shown: plots.DecisionRegions): Promise<string> => plots.decisionRegions({ ...shown, document });
export const convergencePlot = (states: readonly plots.ConvergenceState[], options: plots.ConvergencePlotOptions = {}): string => plots.convergencePlot(states, { ...options, document });
export const evidenceAgainstHeldOut = (models: readonly plots.SizedModel[]): string => plots.evidenceAgainstHeldOut(models, { document });
export const spectralDensityPlot = (density: Parameters<typeof plots.spectralDensityPlot>[0]): string => plots.spectralDensityPlot(density, { document });
export const weightMap = (report: Parameters<typeof plots.weightMap>[0]): string => plots.weightMap(report, { document });
