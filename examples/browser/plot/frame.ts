import { svgElement } from "../controls/elements.ts";

/** The numbers that a plot shows. */
export interface View {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Where numbers are in a plot, in pixels, and the way back. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The numbers at a place in the window, rounded to hundredths. */
  at(event: { readonly clientX: number; readonly clientY: number }): { readonly x: number; readonly y: number };
}

/** The frame of a plot as large as it is now. */
export function frameOf(svg: SVGSVGElement, { x: [left, right], y: [bottom, top] }: View): Frame {
  const { width, height } = svg.getBoundingClientRect();
  return {
    width,
    height,
    x: (value) => ((value - left) / (right - left)) * width,
    y: (value) => ((top - value) / (top - bottom)) * height,
    at: ({ clientX, clientY }) => {
      const box = svg.getBoundingClientRect();
      return { x: hundredths(left + ((clientX - box.left) / box.width) * (right - left)), y: hundredths(top - ((clientY - box.top) / box.height) * (top - bottom)) };
    },
  };
}

/** Lines at whole numbers, with the numbers at the left and the lower edge. */
export function gridLines({ x, y, width, height }: Frame, view: View): SVGElement[] {
  const label = (text: number, attributes: Readonly<Record<string, number>>): SVGElement => {
    const made = svgElement("text", attributes);
    made.textContent = String(text).replace("-", "−");
    return made;
  };
  return [
    ...inside(view.x).flatMap((value) => [svgElement("line", { class: "grid", x1: x(value), x2: x(value), y1: 0, y2: height }), label(value, { x: x(value) + 4, y: height - 5 })]),
    ...inside(view.y).flatMap((value) => [svgElement("line", { class: "grid", x1: 0, x2: width, y1: y(value), y2: y(value) }), label(value, { x: 4, y: y(value) - 4 })]),
  ];
}

function inside([from, to]: readonly [number, number]): number[] {
  return Array.from({ length: Math.ceil(to) - Math.floor(from) - 1 }, (_, i) => Math.floor(from) + 1 + i);
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
