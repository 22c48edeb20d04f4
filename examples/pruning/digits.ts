/** A network for handwritten digits that is pruned in several ways, and how many digits it still tells apart. */
import { categorical, isotropic, lbfgs, mlp, prune, train, type Data, type PruningStep } from "laplace-ts";
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
