/** Test accuracy against the weights that are left, as SVG text. */
import { seriesPanels, type SeriesPanel } from "laplace-ts/plots";
import type { Course } from "./digits.ts";

/** A panel for networks that were trained again after each removal, and one for those that were not; what the evidence chooses is filled. */
export function pruningPicture(courses: readonly Course[]): string {
  const weights = courses.flatMap(({ steps }) => steps.map((step) => step.weights));
  const x = { type: "log", domain: [Math.max(...weights), Math.min(...weights)] } as const;
  const panels = [true, false].map((retrained): SeriesPanel => ({
    labels: { x: `weights left, ${retrained ? "trained again after each removal" : "never trained again"}`, y: "test accuracy" },
    x,
    y: { domain: [0, 1] },
    series: Object.fromEntries(courses.filter((course) => course.retrained === retrained).map(({ name, steps, best }) => [name, steps.map((step) => ({ x: step.weights, y: step.heldOut!.accuracy!, chosen: step.weights === best }))])),
  }));
  return seriesPanels(panels, { legend: { chosen: "chosen by the evidence" } });
}
