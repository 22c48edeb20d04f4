import { find, svgElement } from "../controls/elements.ts";
import { frameOf, gridLines, type Frame } from "../plot/frame.ts";
import type { GridOfInputs, Regions } from "./model.ts";
import { VIEW, type LabelledPoint } from "./points.ts";

/** A probability of 1 has so much of the colour of its class. */
const STRONGEST = 0.62;

/** Draws probabilities as colours and lines, and the points, into a canvas and the plot above it. */
export function drawClasses(map: HTMLElement, points: readonly LabelledPoint[], grid: GridOfInputs | undefined, regions: Regions | undefined): void {
  const svg = find<SVGSVGElement>(map, "svg.plot");
  const frame = frameOf(svg, VIEW);
  const canvas = find<HTMLCanvasElement>(map, "canvas");
  canvas.hidden = grid === undefined;
  if (grid && regions) colour(canvas, grid, regions.probability);
  svg.replaceChildren(...gridLines(frame, VIEW), ...(regions?.contours ?? []).map((contour) => lines(frame, contour)), ...points.map((point) => mark(frame, point)));
}

/** A pixel for each cell of the grid, which the style sheet makes as large as the plot. */
function colour(canvas: HTMLCanvasElement, { x, y }: GridOfInputs, probability: Float64Array): void {
  const style = getComputedStyle(canvas);
  const colours = ["--class0", "--class1"].map((name) => [1, 3, 5].map((at) => parseInt(style.getPropertyValue(name).trim().slice(at, at + 2), 16)));
  const image = new ImageData(x.length, y.length);
  for (let row = 0; row < y.length; row++) {
    for (let column = 0; column < x.length; column++) {
      const p = probability[row * x.length + column];
      const at = 4 * ((y.length - 1 - row) * x.length + column);
      image.data.set(colours[p < 0.5 ? 0 : 1], at);
      image.data[at + 3] = 255 * STRONGEST * Math.abs(2 * p - 1);
    }
  }
  canvas.width = x.length;
  canvas.height = y.length;
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

function lines({ x, y }: Frame, { level, segments }: Regions["contours"][number]): SVGElement {
  const d = segments.map(([x1, y1, x2, y2]) => `M${x(x1).toFixed(1)},${y(y1).toFixed(1)}L${x(x2).toFixed(1)},${y(y2).toFixed(1)}`).join("");
  return svgElement("path", { class: level === 0.5 ? "contour" : "contour confident", d });
}

/** Told apart by shape as well as by colour. */
function mark({ x, y }: Frame, point: LabelledPoint): SVGElement {
  const [cx, cy] = [x(point.x), y(point.y)];
  return point.label === 0 ? svgElement("circle", { class: "mark class0", cx, cy, r: 5.5 }) : svgElement("rect", { class: "mark class1", x: cx - 5, y: cy - 5, width: 10, height: 10 });
}
