import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import type { ReestimationState } from "../evidence/maximize-evidence.ts";
import { frame } from "./frame.ts";
import { COLOR, page, placed } from "./page.ts";
import { STYLES } from "./series.ts";
import { logarithmicScale } from "./ticks.ts";

/**
 * What {@link convergencePlot} takes of each state.
 *
 * @category Plots
 */
export type ConvergenceState = Pick<ReestimationState, "iteration" | "logEvidence" | "effectiveParameters" | "priorPrecisions" | "noisePrecision">;

/**
 * Options of {@link convergencePlot}.
 *
 * @category Plots
 */
export interface ConvergencePlotOptions {
  /** Names of the prior's groups, `posterior.prior.groups`, which stand where their lines end. */
  readonly groups?: readonly string[];
  /** Default "iteration". */
  readonly iterationLabel?: string;
}

const WIDTH = 340;
const HEIGHT = 240;
/** Between the rows of panels. */
const GAP = 14;
const NAMES = 104;
const NAME_HEIGHT = 11;

/**
 * How MacKay's re-estimation went: the prior precisions $\alpha_g$, the noise precision $\beta$, the effective number of parameters $\gamma$ and the log evidence after each iteration, a panel each, precisions on
 * logarithmic axes. A noise that never moved, as of likelihoods that have none, is left out.
 *
 * @category Plots
 * @param states - The history of {@link reestimation}, or states put together alike.
 * @throws {@link InvalidArgumentError} for states that are none, or names that do not fit.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, reestimation, train } from "laplace-ts";
 * import { convergencePlot } from "laplace-ts/plots";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.5 }), data, { reestimate: false });
 * const { history } = reestimation(await laplace(model, likelihood, data, { prior }));
 * console.log(convergencePlot(history).slice(0, 4)); // <svg
 * ```
 */
export function convergencePlot(states: readonly ConvergenceState[], options: ConvergencePlotOptions = {}): string {
  knownOptions("options", options, ["groups", "iterationLabel"]);
  checkStates(states);
  const { iterationLabel = "iteration" } = options;
  const count = states[0].priorPrecisions.length;
  const names = checkedGroups(options.groups, count);
  const panel = (label: string, lines: readonly Line[], type: "log" | "linear"): ReturnType<typeof Plot.plot> => {
    const { x, y, ...shared } = frame({ x: iterationLabel, y: label }, WIDTH, HEIGHT);
    return Plot.plot({
      ...shared,
      ...(lines.length > 1 && { marginRight: NAMES }),
      x: { ...x, ticks: 6, tickFormat: "d" },
      y: { ...y, ...(type === "log" ? logarithmicScale(...extent(lines)) : { ticks: 6 }) },
      marks: [
        ...lines.map(({ values, color, dashes }) => Plot.lineY(values, { x: states.map(({ iteration }) => iteration), stroke: color, strokeWidth: 1.8, strokeDasharray: dashes })),
        ...(states.length > 40 ? [] : lines.map(({ values, color }) => Plot.dot(values, { x: states.map(({ iteration }) => iteration), y: values, fill: color, r: 2.2 }))),
        ...(lines.length > 1 ? spread(lines).map(({ name, color, y: end }) => Plot.text([name], { x: [states[states.length - 1].iteration], y: [end], fill: color, dx: 6, textAnchor: "start", fontSize: 10.5 })) : []),
      ],
    });
  };
  const one = (color: string, value: (state: ConvergenceState) => number): Line[] => [{ name: "", color, dashes: "none", values: states.map(value) }];
  const alphas = names.map((name, g): Line => ({ name, color: STYLES[g % STYLES.length].color, dashes: g < STYLES.length ? "none" : "5 3", values: states.map(({ priorPrecisions }) => priorPrecisions[g]) }));
  const noiseMoves = states.some(({ noisePrecision }) => noisePrecision !== states[0].noisePrecision);
  const panels = [
    panel(count > 1 ? "prior precisions α" : "prior precision α", alphas, "log"),
    ...(noiseMoves ? [panel("noise precision β", one(COLOR.orange, ({ noisePrecision }) => noisePrecision), "log")] : []),
    panel("effective parameters γ", one(COLOR.green, ({ effectiveParameters }) => effectiveParameters), "linear"),
    panel("log evidence (nats)", one(COLOR.ink, ({ logEvidence }) => logEvidence), "linear"),
  ];
  const rows = Math.ceil(panels.length / 2);
  return page(2 * WIDTH, rows * HEIGHT + (rows - 1) * GAP, panels.map((chart, i) => placed(chart, (i % 2) * WIDTH, Math.floor(i / 2) * (HEIGHT + GAP))));
}

function extent(lines: readonly Line[]): [number, number] {
  const values = lines.flatMap((line) => line.values);
  return [Math.min(...values), Math.max(...values)];
}

/** Where the names of lines on a logarithmic axis stand: at their ends, or above the name below. */
function spread(lines: readonly Line[]): readonly (Line & { readonly y: number })[] {
  const logs = lines.flatMap(({ values }) => values.map(Math.log));
  const apart = (NAME_HEIGHT * (Math.max(...logs) - Math.min(...logs))) / (HEIGHT - 90);
  let least = -Infinity;
  const end = ({ values }: Line): number => Math.log(values[values.length - 1]);
  return [...lines].sort((a, b) => end(a) - end(b)).map((line) => {
    const y = Math.max(end(line), least);
    least = y + apart;
    return { ...line, y: Math.exp(y) };
  });
}

interface Line {
  readonly name: string;
  readonly color: string;
  readonly dashes: string;
  readonly values: readonly number[];
}

function checkStates(states: readonly ConvergenceState[]): void {
  const advice = "Pass the history of reestimation(posterior).";
  if (!Array.isArray(states) || states.length === 0) throw new InvalidArgumentError({ argument: "states", expected: "an array of one or more states", received: describe(states), advice });
  const [{ priorPrecisions }] = states as readonly ConvergenceState[];
  (states as readonly (Partial<ConvergenceState> | null | undefined)[]).forEach((state, i) => {
    const numbers = [state?.iteration, state?.logEvidence, state?.effectiveParameters, state?.noisePrecision, ...(state?.priorPrecisions ?? [undefined])];
    if (numbers.every(Number.isFinite) && state?.priorPrecisions?.length === priorPrecisions?.length) return;
    throw new InvalidArgumentError({ argument: `states[${i}]`, expected: "{ iteration, logEvidence, effectiveParameters, priorPrecisions, noisePrecision }, finite numbers, of the same groups", received: describe(state), advice });
  });
}

function checkedGroups(groups: readonly string[] | undefined, count: number): readonly string[] {
  if (groups === undefined) return Array.from({ length: count }, (_, g) => `group ${g + 1}`);
  if (Array.isArray(groups) && groups.length === count) return groups as readonly string[];
  throw new InvalidArgumentError({ argument: "groups", expected: `${count} names, as posterior.prior.groups`, received: describe(groups) });
}
