/**
 * Pictures of predictions and of how far they can be trusted, as SVG text, by Observable Plot (`npm install @observablehq/plot`), in browsers, Node and Deno.
 *
 * @module laplace-ts/plots
 * @category Reference
 */

export type { AxisLabels } from "./plots/axis-labels.ts";
export { bands, type Bands, type Points } from "./plots/bands.ts";
export { convergencePlot, type ConvergencePlotOptions, type ConvergenceState } from "./plots/convergence-plot.ts";
export { coveragePlot, type CoveragePlotOptions } from "./plots/coverage-plot.ts";
export { decisionRegions, type DecisionRegions, type LabelledPoints } from "./plots/decision-regions.ts";
export { errorBarPanels, type ErrorBar, type ErrorBarPanel, type ErrorBarPanelsOptions } from "./plots/error-bar-panels.ts";
export { evidenceAgainstHeldOut, evidenceBySize, type EvidenceBySizeOptions, type SizedModel } from "./plots/evidence-by-size.ts";
export { matrixHeatMap, type MatrixHeatMapOptions, type MatrixToDraw } from "./plots/matrix-heat-map.ts";
export { reliabilityDiagram, type ReliabilityDiagramOptions } from "./plots/reliability-diagram.ts";
export type { SeriesPanel, SeriesPoint, SeriesScale } from "./plots/series-panel.ts";
export { seriesPanels, type SeriesPanelsOptions } from "./plots/series-panels.ts";
export { weightMap } from "./plots/weight-map.ts";
export { spectralDensityPlot, type SpectralDensityPlotOptions } from "./plots/spectral-density-plot.ts";
export { COLOR, legendRow, page, placed, type LegendEntry } from "./plots/page.ts";
