/** Networks for the MONK's problems, pruned in several ways. */
import { bernoulli, isotropic, mlp, prune, train, type PruningMethod } from "laplace-ts";
import { allRobots, drawRobots, type Monk } from "./monks.ts";

/** What pruning made of the networks for one draw of the robots. */
export interface Outcome {
  /** For each start, how many weights the smallest network has that is as accurate on the training data as the rule. */
  readonly smallest: readonly number[];
  /** The same without training after a removal. */
  readonly smallestUntrained: readonly number[];
  /** The network of highest evidence, of all starts: its weights, and its accuracy on all robots. */
  readonly chosen: { readonly weights: number; readonly logEvidence: number; readonly accuracy: number };
}

/** The precision of the prior, the same for all. */
const PRECISION = 0.1;
const TOLERANCE = 1e-5;

/** Removes one weight after the other, from several starts. */
export async function pruneMonk(monk: Monk, method: PruningMethod, draw: number, starts: number): Promise<Outcome> {
  const { goal, ...data } = drawRobots(monk, draw);
  const { inputs, targets } = allRobots(monk);
  const prior = isotropic(PRECISION);
  const [smallest, smallestUntrained]: [number[], number[]] = [[], []];
  let chosen: Outcome["chosen"] | undefined;
  for (let seed = 1; seed <= starts; seed++) {
    const { model } = await train(mlp([17, monk.hiddenUnits, 1], { seed }), bernoulli(), data, { prior, gradientTolerance: TOLERANCE });
    for (const retrained of [true, false]) {
      const { steps, best } = await prune(model, bernoulli(), data, { method, prior, heldOut: { inputs, targets }, remove: { count: 1 }, until: { weights: 1 }, retrain: retrained && { gradientTolerance: TOLERANCE } });
      const asGood = steps.filter(({ accuracy }) => accuracy! >= Math.min(goal, steps[0].accuracy!) - 1e-9);
      (retrained ? smallest : smallestUntrained).push(asGood[asGood.length - 1].weights);
      if (retrained && best.logEvidence > (chosen?.logEvidence ?? -Infinity)) chosen = { weights: best.weights, logEvidence: best.logEvidence, accuracy: best.heldOut!.accuracy! };
    }
  }
  return { smallest, smallestUntrained, chosen: chosen! };
}
