import { find } from "../controls/elements.ts";
import { logSlider } from "../controls/log-slider.ts";
import { signed } from "../controls/numbers.ts";
import { pointsTable } from "../controls/points-table.ts";
import { fillSizes } from "../controls/size-select.ts";
import { status } from "../controls/status.ts";
import { latestOfWorker } from "../latest-worker.ts";
import { clickable } from "../plot/clicks.ts";
import { redrawing } from "../plot/redraw.ts";
import { PRIOR_PRECISION } from "../ranges.ts";
import type { ClassesAnswer, ClassesRequest } from "./model.ts";
import { drawClasses } from "./picture.ts";
import { VIEW, firstPoints, type ClassLabel, type LabelledPoint } from "./points.ts";

const SIZES = [1, 2, 3, 4, 6, 8, 12];
const FIRST = { hiddenUnits: 6, priorPrecision: 0.2 };
const CELLS = 60;

/** Classification: regions of two classes, with and without the posterior. */
export function startClassesTab(panel: HTMLElement): void {
  const maps = [...panel.querySelectorAll<HTMLElement>(".map")];
  const say = status(find(panel, ".status"));
  const worker = latestOfWorker();
  const grid = { x: cellCentres(VIEW.x), y: cellCentres(VIEW.y) };
  let points: readonly LabelledPoint[] = [];
  let shown: ClassesAnswer | undefined;

  const regionsOf = (map: HTMLElement) => shown?.[map.dataset["regions"] as "plugIn" | "averaged"];
  const draws = maps.map((map) => redrawing(map, () => drawClasses(map, points, shown?.grid, regionsOf(map))));
  const draw = (): void => {
    for (const ask of draws) ask();
    for (const map of maps) find(map.closest("figure")!, ".share").textContent = percent(regionsOf(map)?.confidentShare ?? 0);
  };
  const onError = (message: string): void => say(`That did not work: ${message}`);
  const request = (): ClassesRequest => ({ points, hiddenUnits: Number(units.value), priorPrecision: prior.value, grid });

  const follow = (): void => {
    if (points.length === 0) return say("No points yet. Click into a plot, or add one in the table.");
    worker.ask("classes", request(), {
      onError,
      onAnswer: (answer) => {
        if (points.length === 0) return;
        shown = answer;
        draw();
        say(`${points.length} points. At least 90 % sure in ${percent(answer.plugIn.confidentShare)} of the plot by the most probable weights alone, in ${percent(answer.averaged.confidentShare)} on average over the posterior. Log evidence ${signed(answer.logEvidence)}.`);
      },
    });
  };
  const setPoints = (next: readonly LabelledPoint[]): void => {
    points = next;
    if (points.length === 0) shown = undefined;
    table.show(points);
    draw();
    follow();
  };

  const table = pointsTable<LabelledPoint>(panel, [{ key: "x", label: "x", range: VIEW.x }, { key: "y", label: "y", range: VIEW.y }, { key: "label", label: "class", choices: ["A", "B"] }], setPoints);
  const prior = logSlider(find(panel, "[name=priorPrecision]"), PRIOR_PRECISION, FIRST.priorPrecision, follow);
  const units = fillSizes(find(panel, "[name=hiddenUnits]"), SIZES, FIRST.hiddenUnits, follow);
  find(panel, "[name=choose]").addEventListener("click", () => {
    if (points.length === 0) return;
    worker.askNow("chooseForClasses", request(), {
      onError,
      onAnswer: ({ priorPrecision }) => {
        prior.value = priorPrecision;
        follow();
      },
    });
  });
  find(panel, "[name=reset]").addEventListener("click", () => {
    units.value = String(FIRST.hiddenUnits);
    prior.value = FIRST.priorPrecision;
    setPoints(firstPoints);
  });
  const label = (): ClassLabel => (find<HTMLInputElement>(panel, "[name=label]:checked").value === "1" ? 1 : 0);
  for (const map of maps) clickable(find(map, "svg.plot"), VIEW, () => points, (place) => ({ ...place, label: label() }), setPoints);
  setPoints(firstPoints);
}

function cellCentres([from, to]: readonly [number, number]): number[] {
  return Array.from({ length: CELLS }, (_, i) => from + ((i + 0.5) * (to - from)) / CELLS);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
