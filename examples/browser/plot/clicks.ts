import { frameOf, type View } from "./frame.ts";

/** So many pixels from a point, a click is on it: as much as a finger needs. */
const NEAR = 12;

/** Has clicks into a plot add a point, and clicks on a point remove it. */
export function clickable<P extends { readonly x: number; readonly y: number }>(svg: SVGSVGElement, view: View, points: () => readonly P[], added: (place: { readonly x: number; readonly y: number }) => P, onChange: (points: readonly P[]) => void): void {
  svg.addEventListener("click", (event) => {
    const frame = frameOf(svg, view);
    const place = frame.at(event);
    const distances = points().map(({ x, y }) => Math.hypot(frame.x(x) - frame.x(place.x), frame.y(y) - frame.y(place.y)));
    const nearest = distances.indexOf(Math.min(...distances));
    if (distances[nearest] <= NEAR) onChange(points().filter((_, i) => i !== nearest));
    else onChange([...points(), added(place)]);
  });
}
