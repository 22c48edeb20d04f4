/** Handwritten digits of 8 x 8 pixels, a network that is pruned in several ways, and how many digits it still tells apart. */
import { categorical, isotropic, lbfgs, mlp, prune, random, train, type Data, type PruningStep } from "laplace-ts";
import { startSklearn } from "../../bench/classification/sklearn.ts";
import { METHODS } from "./methods.ts";

export interface DigitsOptions {
  readonly hiddenUnits: number;
  /** The share of weights that goes in a round. */
  readonly share: number;
  /** Where to end. */
  readonly least: number;
}

/** What a method makes of the network, round by round. */
export interface Course {
  readonly name: string;
  readonly retrained: boolean;
  readonly steps: readonly Pick<PruningStep, "weights" | "logEvidence" | "heldOut">[];
  /** The weights of the network that the evidence chooses. */
  readonly best: number;
}

/** The precision of the prior, the same for all. */
const PRECISION = 0.3;
/** Steps of training in a round. */
const STEPS = 30;
/** Digits to learn from; the others are for tests. */
const TRAINING = 400;

/** The digits of scikit-learn, with pixels from 0 to 1; undefined where no Python has them. */
export async function digits(): Promise<{ readonly training: Data; readonly test: Data } | undefined> {
  const sklearn = await startSklearn(1);
  sklearn?.stop();
  if (sklearn === undefined) return undefined;
  const { inputs, labels } = sklearn.sets.digits;
  const source = random(1);
  const order = inputs.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const other = source.integer(i + 1);
    [order[i], order[other]] = [order[other], order[i]];
  }
  const take = (rows: readonly number[]): Data => ({ inputs: rows.map((row) => inputs[row].map((pixel) => pixel / 16)), targets: rows.map((row) => labels[row]) });
  return { training: take(order.slice(0, TRAINING)), test: take(order.slice(TRAINING)) };
}

/** Each method, with training after each removal and without, from the same trained network. */
export async function pruneDigits(training: Data, test: Data, inputs: number, { hiddenUnits, share, least }: DigitsOptions, onProgress: (text: string) => void): Promise<Course[]> {
  const prior = isotropic(PRECISION);
  const { model, likelihood } = await train(mlp([inputs, hiddenUnits, 10], { seed: 1 }), categorical(), training, { prior, method: lbfgs(), gradientTolerance: 1e-4, onProgress: ({ done }) => onProgress(`digits: training, step ${done}`) });
  const courses: Course[] = [];
  for (const retrained of [true, false]) {
    for (const { name, method } of METHODS) {
      const { steps, best } = await prune(model, likelihood, training, {
        method,
        prior,
        heldOut: test,
        remove: { share },
        until: { weights: least },
        retrain: retrained && { method: lbfgs(), gradientTolerance: 1e-4, maximumIterations: STEPS },
        onProgress: ({ done }) => onProgress(`digits: ${name}${retrained ? "" : ", not trained again"}, ${model.parameters.length - done} weights left`),
      });
      courses.push({ name, retrained, steps: steps.map(({ weights, logEvidence, heldOut }) => ({ weights, logEvidence, ...(heldOut && { heldOut }) })), best: best.weights });
    }
  }
  return courses;
}
