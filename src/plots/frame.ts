import type * as Plot from "@observablehq/plot";
import type { AxisLabels } from "./axis-labels.ts";
import { svgDocument } from "./svg-document.ts";

/** What charts share: margins, a light grid, axes with their labels. */
export function frame(labels: AxisLabels, width: number, height: number): Plot.PlotOptions {
  return {
    document: svgDocument(),
    width,
    height,
    marginLeft: 56,
    marginRight: 20,
    marginTop: 32,
    marginBottom: 44,
    x: { label: labels.x, labelArrow: "none", labelAnchor: "center" },
    y: { label: labels.y, labelArrow: "none", grid: true, nice: true, inset: 6 },
  };
}
