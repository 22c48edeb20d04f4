import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import { drawingDocument, frame } from "./frame.ts";
import { COLOR, page, placed, type PictureOptions } from "./page.ts";

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
export interface EvidenceBySizeOptions extends PictureOptions {
  /** Default "hidden units". */
  readonly sizeLabel?: string;
}

const WIDTH = 680;
const HEIGHT = 280;

/**
 * Log evidence and held-out score over the size of the model, side by side; the best of each is filled.
 *
 * @category Plots
 * @throws {@link InvalidArgumentError} for models without finite size, evidence or score.
 * @returns An svg element as text, with a background of its own.
 */
export function evidenceBySize(models: readonly SizedModel[], options: EvidenceBySizeOptions = {}): string {
  knownOptions("options", options, ["sizeLabel", "document"]);
  checkModels(models);
  const { sizeLabel = "hidden units" } = options;
  const document = drawingDocument(options);
  const panel = (score: (model: SizedModel) => number, label: string, color: string): ReturnType<typeof Plot.plot> => {
    const best = models.reduce((a, b) => (score(b) > score(a) ? b : a));
    const position = { x: "size", y: score };
    return Plot.plot({
      ...frame(document, { x: sizeLabel, y: label }, WIDTH / 2, HEIGHT),
      x: { type: "point", label: sizeLabel, labelArrow: "none", labelAnchor: "center" },
      marks: [
        Plot.lineY(models, { ...position, stroke: color, strokeWidth: 1.5 }),
        Plot.dot(models, { ...position, stroke: color, strokeWidth: 1.5, fill: (model: SizedModel) => (model === best ? color : COLOR.paper), r: 4.5 }),
      ],
    });
  };
  const evidence = panel((model) => model.logEvidence, "log evidence", COLOR.blue);
  const heldOut = panel((model) => model.heldOut, "held-out log density per example", COLOR.orange);
  return page(WIDTH, HEIGHT, [placed(evidence, 0, 0), placed(heldOut, WIDTH / 2, 0)]);
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
