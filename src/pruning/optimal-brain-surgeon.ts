import { UnsupportedError, knownOptions, oneOf } from "../errors.ts";
import { examples } from "../likelihood/examples.ts";
import { slice } from "../data.ts";
import { MEMORY_BUDGET, laplace } from "../posterior/laplace.ts";
import { checkpoints } from "../progress.ts";
import { priorPrecision } from "../prior/prior.ts";
import { full } from "../structure/full.ts";
import { downdate, inverseRecursion } from "./inverse-recursion.ts";
import type { PruningMethod, PruningTask, Removal } from "./method.ts";

/**
 * Options of {@link optimalBrainSurgeon}.
 *
 * @category Pruning
 */
export interface OptimalBrainSurgeonOptions {
  /**
   * How $P^{-1}$ is found: from the factor of $P$ that the evidence takes anyway (`"factorized"`, the default), or row by row of the data by the recursion of Hassibi and Stork
   * (`"recursive"`), which is as exact, needs no factorisation, and takes longer from some hundred weights on.
   */
  readonly inverse?: "factorized" | "recursive";
}

/**
 * Optimal Brain Surgeon (Hassibi & Stork 1993, eq. 5): removes the weight of least saliency
 * $$L_q = \frac{w_q^2}{2 [P^{-1}]_{qq}}, \qquad P = H + A,$$
 * and moves all others to where the training loss, to second order at a mode, is least without it:
 * $$\delta w = -\frac{w_q}{[P^{-1}]_{qq}} P^{-1} e_q.$$
 * $L_q$ is by how much the loss then rises: half the squared signal-to-noise ratio $w_q^2 / \sigma_q^2$ of the weight in the posterior. $H$ is the curvature of the data error that {@link prune} was given, and $A$ the
 * precision of the prior, in place of the small multiple of the identity from which the authors start. Where several weights go at a time, each goes by the inverse without those before it, which is downdated in $O(W^2)$.
 *
 * The log evidence is expected to change by the ratio of the densities of posterior and prior at $w_q = 0$ (Dickey 1971),
 * $$\Delta \log p(D) = -\tfrac12 \log (\alpha_q [P^{-1}]_{qq}) - L_q + \tfrac12 \alpha_q w_{0,q}^2,$$
 * which, as all of this, is exact for models that are linear in their weights with Gaussian noise. Where a network bends within the posterior's width, as one with many more weights than it needs does, the loss rises by much more than $L_q$, until it is trained again.
 *
 * It takes $16 W^2$ bytes and, with the posterior, $O(N K W^2 + W^3)$ operations each time it is asked: for up to some thousand weights.
 *
 * @category Pruning
 * @throws {@link UnsupportedError} from {@link prune} where $P^{-1}$ would take more than 1 GiB, and for the recursion with curvature that is no sum of outer products.
 * @example
 * ```ts
 * import { gaussian, isotropic, mlp, optimalBrainSurgeon, prune, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => [source.normal(), source.normal()]);
 * const data = { inputs, targets: inputs.map(([a]) => Math.tanh(2 * a) + 0.1 * source.normal()) };
 * const { steps, best } = await prune(mlp([2, 4, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data, { prior: isotropic(0.1), method: optimalBrainSurgeon() });
 * console.log(steps[0].weights, "->", best.weights); // 17 -> 2
 * ```
 */
export function optimalBrainSurgeon(options: OptimalBrainSurgeonOptions = {}): PruningMethod {
  knownOptions("options", options, ["inverse"]);
  const inverse = oneOf("inverse", options.inverse ?? "factorized", ["factorized", "recursive"]);
  return {
    name: "optimal brain surgeon",
    remove: async (task) => {
      const bytes = 16 * task.posterior.mean.length ** 2;
      if (bytes > MEMORY_BUDGET) throw new UnsupportedError(`optimalBrainSurgeon() needs ${(bytes / 1e9).toFixed(1)} GB for ${task.posterior.mean.length} weights. Use optimalBrainDamage() or magnitude() until fewer are left, or prune lastLayer(model).`);
      return operate(task, inverse === "recursive" ? await byRecursion(task) : await byFactor(task));
    },
  };
}

/** Removes weights one after the other, by the inverse precision, which is spoiled. */
function operate({ posterior: { mean, prior }, count }: PruningTask, inverse: Float64Array): Removal {
  const [weights, alpha] = [mean, priorPrecision(prior)];
  const width = weights.length;
  const gone = new Uint8Array(width);
  const removed: number[] = [];
  let [predictedIncrease, predictedEvidenceChange] = [0, 0];
  while (removed.length < count) {
    let [q, saliency] = [-1, Infinity];
    for (let i = 0; i < width; i++) {
      const variance = inverse[i * (width + 1)];
      // Of a variance that downdates have lost to rounding nothing can be said: such a weight stays.
      if (gone[i] === 1 || !(variance > 0) || !(weights[i] ** 2 / (2 * variance) < saliency)) continue;
      [q, saliency] = [i, weights[i] ** 2 / (2 * variance)];
    }
    if (q < 0) break;
    const variance = inverse[q * (width + 1)];
    predictedIncrease += saliency;
    predictedEvidenceChange += -0.5 * Math.log(alpha[q] * variance) - saliency + 0.5 * alpha[q] * prior.mean[q] ** 2;
    const factor = weights[q] / variance;
    for (let i = 0; i < width; i++) weights[i] -= factor * inverse[q * width + i];
    weights[q] = 0;
    downdate(inverse, width, q);
    gone[q] = 1;
    removed.push(q);
  }
  return { removed, weights, predictedIncrease, predictedEvidenceChange };
}

/** P^-1 from a posterior of full structure: the one at hand, if it is. */
async function byFactor({ posterior, data, job }: PruningTask): Promise<Float64Array> {
  const { model, likelihood, prior, curvature } = posterior;
  const correlated = posterior.structure.name === "full" ? posterior : await laplace(model, likelihood, data, { ...job, prior, curvature, structure: full() });
  return correlated.precision.inverse();
}

/** Numbers that the rows of a batch may take. */
const CHUNK = 2 ** 20;

async function byRecursion({ posterior: { model, likelihood, prior, curvature }, data, job }: PruningTask): Promise<Float64Array> {
  if (curvature.kind !== "factor") throw new UnsupportedError('optimalBrainSurgeon({ inverse: "recursive" }): the exact Hessian is no sum of outer products. Use outerProduct() curvature, or leave inverse out.');
  const { inputs, targets } = examples(model, likelihood, data);
  const recursion = inverseRecursion(priorPrecision(prior));
  const checkpoint = checkpoints(job);
  const step = Math.max(1, Math.floor(CHUNK / (curvature.columns(model) * model.parameters.length)));
  for (let from = 0; from < inputs.rows; from += step) {
    const to = Math.min(inputs.rows, from + step);
    const evaluation = model.evaluate(slice(inputs, from, to));
    const factor = curvature.factor(likelihood, evaluation.outputs, slice(targets, from, to), from);
    recursion.add(evaluation.scaledJacobian(factor.data, factor.columns));
    await checkpoint({ stage: "curvature", done: to, total: inputs.rows });
  }
  return recursion.inverse;
}
