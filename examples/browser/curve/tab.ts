import { find } from "../controls/elements.ts";
import { logSlider } from "../controls/log-slider.ts";
import { signed } from "../controls/numbers.ts";
import { pointsTable } from "../controls/points-table.ts";
import { fillSizes } from "../controls/size-select.ts";
import { status } from "../controls/status.ts";
import { latestOfWorker } from "../latest-worker.ts";
import { clickable } from "../plot/clicks.ts";
import { redrawing } from "../plot/redraw.ts";
import { NOISE, PRIOR_PRECISION } from "../ranges.ts";
import type { CurveAnswer, CurveRequest, SizeEvidence } from "./model.ts";
import { drawCurve } from "./picture.ts";
import { VIEW, firstPoints, type Point } from "./points.ts";
import { showSizes } from "./sizes-table.ts";

const SIZES = [1, 2, 3, 4, 6, 8, 12, 16];
const FIRST = { hiddenUnits: 6, priorPrecision: 1, noise: 0.1 };
const GRID = Array.from({ length: 161 }, (_, i) => VIEW.x[0] + ((VIEW.x[1] - VIEW.x[0]) * i) / 160);
/** Sizes are compared when the points have stayed so many milliseconds. */
const REST = 400;

/** Regression: a curve through points. */
export function startCurveTab(panel: HTMLElement): void {
  const svg = find<SVGSVGElement>(panel, "svg.plot");
  const sizesBody = find<HTMLElement>(panel, ".sizes tbody");
  const say = status(find(panel, ".status"));
  const curves = latestOfWorker();
  const comparisons = latestOfWorker();
  let points: readonly Point[] = [];
  let shown: CurveAnswer | undefined;
  let compared: readonly SizeEvidence[] = [];
  let rest: ReturnType<typeof setTimeout> | undefined;

  const draw = redrawing(svg, () => drawCurve(svg, points, shown));
  const onError = (message: string): void => say(`That did not work: ${message}`);
  const request = (): CurveRequest => ({ points, hiddenUnits: Number(units.value), priorPrecision: prior.value, noise: noise.value, grid: GRID });
  const showComparison = (): void => showSizes(sizesBody, SIZES, compared, Number(units.value), use);

  const follow = (): void => {
    if (points.length === 0) return say("No points yet. Click into the plot, or add one in the table.");
    curves.ask("curve", request(), {
      onError,
      onAnswer: (answer) => {
        if (points.length === 0) return;
        shown = answer;
        draw();
        say(`${points.length} points, ${answer.weights} weights. Log evidence ${signed(answer.logEvidence)}; the points determine ${answer.effectiveParameters.toFixed(1)} of the weights.`);
      },
    });
  };
  const compare = (): void => {
    compared = [];
    showComparison();
    if (points.length === 0) return;
    comparisons.askNow("sizes", { points, sizes: SIZES }, {
      onError,
      onAnswer: (sizes) => {
        compared = sizes;
        showComparison();
      },
    });
  };
  const setPoints = (next: readonly Point[]): void => {
    points = next;
    if (points.length === 0) shown = undefined;
    table.show(points);
    draw();
    follow();
    clearTimeout(rest);
    rest = setTimeout(compare, REST);
  };
  const use = ({ hiddenUnits, priorPrecision, noise: noiseThere }: Omit<SizeEvidence, "logEvidence">): void => {
    units.value = String(hiddenUnits);
    prior.value = priorPrecision;
    noise.value = noiseThere;
    showComparison();
    follow();
  };

  const table = pointsTable<Point>(panel, [{ key: "x", label: "x", range: VIEW.x }, { key: "y", label: "y", range: VIEW.y }], setPoints);
  const prior = logSlider(find(panel, "[name=priorPrecision]"), PRIOR_PRECISION, FIRST.priorPrecision, follow);
  const noise = logSlider(find(panel, "[name=noise]"), NOISE, FIRST.noise, follow);
  const units = fillSizes(find(panel, "[name=hiddenUnits]"), SIZES, FIRST.hiddenUnits, () => {
    showComparison();
    follow();
  });
  find(panel, "[name=choose]").addEventListener("click", () => {
    if (points.length === 0) return;
    curves.askNow("chooseForCurve", request(), { onError, onAnswer: (chosen) => use({ ...chosen, hiddenUnits: Number(units.value) }) });
  });
  find(panel, "[name=reset]").addEventListener("click", () => {
    use(FIRST);
    setPoints(firstPoints);
  });
  clickable(svg, VIEW, () => points, (place) => place, setPoints);
  setPoints(firstPoints);
}
