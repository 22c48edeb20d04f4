import { svgElement } from "../controls/elements.ts";
import { frameOf, gridLines, type Frame } from "../plot/frame.ts";
import type { CurveAnswer } from "./model.ts";
import { VIEW, type Point } from "./points.ts";

/** Draws bands, functions drawn, the mean and the points, in this order. */
export function drawCurve(svg: SVGSVGElement, points: readonly Point[], answer: CurveAnswer | undefined): void {
  const frame = frameOf(svg, VIEW);
  svg.replaceChildren(
    ...gridLines(frame, VIEW),
    ...(answer ? predicted(frame, answer) : []),
    ...points.map(({ x, y }) => svgElement("circle", { class: "point", cx: frame.x(x), cy: frame.y(y), r: 5 })),
  );
}

function predicted(frame: Frame, { grid, mean, bands, draws }: CurveAnswer): SVGElement[] {
  return [
    ...bands.map(({ level, lower, upper }) => svgElement("path", { class: `band band${Math.round(100 * level)}`, d: `${line(frame, grid, upper)}L${line(frame, [...grid].reverse(), [...lower].reverse()).slice(1)}Z` })),
    ...draws.map((draw) => svgElement("path", { class: "draw", d: line(frame, grid, draw) })),
    svgElement("path", { class: "mean", d: line(frame, grid, mean) }),
  ];
}

function line({ x, y }: Frame, xs: readonly number[], ys: readonly number[]): string {
  return `M${xs.map((value, i) => `${x(value).toFixed(1)},${y(ys[i]).toFixed(1)}`).join("L")}`;
}
