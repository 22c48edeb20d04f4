import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import { frame } from "./frame.ts";
import { COLOR, page, placed } from "./page.ts";

/**
 * One model of a comparison by size.
 *
 * @category Plots
 */
export interface SizedModel {
  /** The number of hidden units, say. */
  readonly size: number;
  /** Its log evidence. */
  readonly logEvidence: number;
  /** Mean log density of held-out targets. */
  readonly heldOut: number;
}

/**
 * Options of {@link evidenceBySize}.
 *
 * @category Plots
 */
export interface EvidenceBySizeOptions {
  /** Default "hidden units". */
  readonly sizeLabel?: string;
}

const WIDTH = 680;
const HEIGHT = 280;

/**
 * Log evidence and held-out score over the size of the model, side by side; the best of each is filled. Where there are several models of a size, from several starts say, lines go through those of the highest evidence.
 *
 * @category Plots
 * @throws {@link InvalidArgumentError} for models without finite size, evidence or score.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { evidenceBySize } from "laplace-ts/plots";
 * const models = [{ size: 1, logEvidence: -33.7, heldOut: -0.9 }, { size: 2, logEvidence: -8.8, heldOut: -0.1 }, { size: 8, logEvidence: -14.5, heldOut: -0.2 }];
 * console.log(evidenceBySize(models).slice(0, 4)); // <svg
 * ```
 */
export function evidenceBySize(models: readonly SizedModel[], options: EvidenceBySizeOptions = {}): string {
  knownOptions("options", options, ["sizeLabel"]);
  checkModels(models);
  const { sizeLabel = "hidden units" } = options;
  const leading = models.filter((model) => models.every((other) => other.size !== model.size || other.logEvidence <= model.logEvidence)).sort((a, b) => a.size - b.size);
  const panel = (score: (model: SizedModel) => number, label: string, color: string): ReturnType<typeof Plot.plot> => {
    const best = models.reduce((a, b) => (score(b) > score(a) ? b : a));
    const position = { x: "size", y: score };
    return Plot.plot({
      ...frame({ x: sizeLabel, y: label }, WIDTH / 2, HEIGHT),
      x: { type: "point", label: sizeLabel, labelArrow: "none", labelAnchor: "center" },
      marks: [
        Plot.lineY(leading, { ...position, stroke: color, strokeWidth: 1.5 }),
        Plot.dot(models, { ...position, stroke: color, strokeWidth: 1.5, fill: (model: SizedModel) => (model === best ? color : COLOR.paper), r: 4.5 }),
      ],
    });
  };
  const evidence = panel(({ logEvidence }) => logEvidence, EVIDENCE, COLOR.blue);
  const heldOut = panel((model) => model.heldOut, HELD_OUT, COLOR.orange);
  return page(WIDTH, HEIGHT, [placed(evidence, 0, 0), placed(heldOut, WIDTH / 2, 0)]);
}

const EVIDENCE = "log evidence (nats)";
const HELD_OUT = "held-out log density (nats per example)";

/**
 * Held-out score against log evidence, a dot with its size for each model, after MacKay (1992b): where both agree on which models are good, the dots rise to the right.
 *
 * @category Plots
 * @throws {@link InvalidArgumentError} for models without finite size, evidence or score.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { evidenceAgainstHeldOut } from "laplace-ts/plots";
 * const models = [{ size: 1, logEvidence: -33.7, heldOut: -0.9 }, { size: 2, logEvidence: -8.8, heldOut: -0.1 }, { size: 8, logEvidence: -14.5, heldOut: -0.2 }];
 * console.log(evidenceAgainstHeldOut(models).slice(0, 4)); // <svg
 * ```
 */
export function evidenceAgainstHeldOut(models: readonly SizedModel[]): string {
  checkModels(models);
  const { x, y, ...shared } = frame({ x: `${EVIDENCE}; numbers are sizes`, y: HELD_OUT }, 460, 340);
  const position = { x: "logEvidence", y: "heldOut" };
  const chart = Plot.plot({
    ...shared,
    x: { ...x, nice: true, inset: 12 },
    y: { ...y },
    marks: [Plot.dot(models, { ...position, fill: COLOR.blue, r: 3.5 }), Plot.text(sizesTogether(models), { ...position, text: ({ sizes }: { readonly sizes: readonly number[] }) => sizes.join(", "), dy: -10, fill: COLOR.ink })],
  });
  return page(460, 340, [placed(chart, 0, 0)]);
}

/** A label for dots that lie so close that theirs would overlap: with the sizes of all. */
function sizesTogether(models: readonly SizedModel[]): readonly { readonly sizes: readonly number[]; readonly logEvidence: number; readonly heldOut: number }[] {
  const spread = (score: "logEvidence" | "heldOut"): number => Math.max(...models.map((model) => model[score])) - Math.min(...models.map((model) => model[score]));
  const near = (score: "logEvidence" | "heldOut", a: number, b: number): boolean => Math.abs(a - b) <= 0.08 * spread(score);
  const labels: { sizes: number[]; logEvidence: number; heldOut: number }[] = [];
  for (const { size, logEvidence, heldOut } of models) {
    const label = labels.find((other) => near("logEvidence", other.logEvidence, logEvidence) && near("heldOut", other.heldOut, heldOut));
    if (label === undefined) labels.push({ sizes: [size], logEvidence, heldOut });
    else if (!label.sizes.includes(size)) label.sizes.push(size);
  }
  return labels;
}

function checkModels(models: readonly SizedModel[]): void {
  if (!Array.isArray(models) || models.length === 0) throw new InvalidArgumentError({ argument: "models", expected: "an array of one or more { size, logEvidence, heldOut }", received: describe(models) });
  (models as readonly (SizedModel | null | undefined)[]).forEach((model, i) => {
    for (const name of ["size", "logEvidence", "heldOut"] as const) {
      if (Number.isFinite(model?.[name])) continue;
      throw new InvalidArgumentError({ argument: `models[${i}].${name}`, expected: "a finite number", received: describe(model?.[name]), advice: "Each model is { size, logEvidence, heldOut }: of a fit, fitted.logEvidence, and for heldOut meanLogDensity(await fitted.predict(inputs), targets)." });
    }
  });
}
