import { coverage, fit, meanLogDensity, networks, rootMeanSquareError, studentT, type NetworksOptions } from "laplace-ts";
import { clock } from "../clock.ts";
import type { RegressionSet } from "./sets.ts";

/** The levels of the intervals whose coverage is reported. */
export const LEVELS = [0.5, 0.9, 0.95] as const;

const [wall, processor] = [clock("wall"), clock("processor")];

/** What a split gave. */
export interface Outcome {
  readonly set: string;
  readonly split: number;
  readonly seed: number;
  /** Of the test rows, a mean, in the units of the targets. */
  readonly logLikelihood: number;
  readonly rmse: number;
  /** Test rows. */
  readonly examples: number;
  /** How many of them lie in their intervals, for each level. */
  readonly covered: readonly number[];
  /** What each size counts. */
  readonly sizes: readonly { readonly name: string; readonly weight: number }[];
  readonly spread: number;
  readonly seconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
}

/** How a split is to be done. */
export interface Job {
  readonly seed: number;
  readonly workers: number;
  readonly family: NetworksOptions;
  readonly onProgress: (text: string) => void;
}

/** Fits to the training rows of a split, which are all that the fit sees, and predicts the others. */
export async function outcomeOf({ name, inputs, targets, splits }: RegressionSet, split: number, { seed, workers, family, onProgress }: Job): Promise<Outcome> {
  const { training, test } = splits[split];
  const rows = (numbers: readonly number[]): { inputs: (readonly number[])[]; targets: number[] } => ({ inputs: numbers.map((n) => inputs[n]), targets: numbers.map((n) => targets[n]) });
  const [start, startOfProcessor] = [wall(), processor()];
  const fitted = await fit(networks({ ...family, seed }), studentT(), rows(training), { workers, onProgress: ({ stage, done, total }) => onProgress(`${stage} ${done}/${total ?? "?"}`) });
  const held = rows(test);
  const prediction = await fitted.predict(held.inputs);
  return {
    set: name,
    split,
    seed,
    logLikelihood: meanLogDensity(prediction, held.targets),
    rmse: rootMeanSquareError(prediction, held.targets),
    examples: test.length,
    covered: LEVELS.map((level) => Math.round(coverage(prediction, held.targets, level) * test.length)),
    sizes: fitted.sizes.map(({ hidden, weight }) => ({ name: hidden.join("-") || "linear", weight })),
    spread: fitted.spread,
    seconds: wall() - start,
    processorSeconds: processor() - startOfProcessor,
  };
}
