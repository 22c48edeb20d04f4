import type * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe } from "../errors.ts";
import type { AxisLabels, PictureOptions } from "./page.ts";
import { svgDocument } from "./svg-document.ts";

/** What the functions of Plot take as their document. */
export type PlotDocument = NonNullable<Plot.PlotOptions["document"]>;

/** The given document, or the browser's, or where there is none, our own. */
export function drawingDocument({ document }: PictureOptions): PlotDocument {
  const found: unknown = document ?? (globalThis as { readonly document?: unknown }).document ?? svgDocument();
  if (typeof (found as { readonly createElementNS?: unknown } | null | undefined)?.createElementNS === "function") return found as PlotDocument;
  throw new InvalidArgumentError({ argument: "document", expected: "a document to draw in", received: describe(found), advice: "Leave it out: pictures need none." });
}

/** What charts share: margins, a light grid, axes with their labels. */
export function frame(document: PlotDocument, labels: AxisLabels, width: number, height: number): Plot.PlotOptions {
  return {
    document,
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
