import { toNumbers } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { logSumExp } from "../likelihood/softmax.ts";
import type { Model } from "../model/model.ts";
import { checkedPosterior, type Posterior } from "./posterior.ts";

/**
 * Several posteriors for the same outputs, each with a weight: $p(w \mid D) \approx \sum_i \pi_i\, \mathcal N(w_i, P_i^{-1})$. {@link mixture} makes it, {@link predict} takes it
 * as it takes a posterior.
 *
 * @category Posterior
 */
export interface Mixture<M extends Model = Model, L extends Likelihood = Likelihood> {
  /** The posteriors, I of them. */
  readonly posteriors: readonly Posterior<M, L>[];
  /** $\pi_i$, which add up to 1: I. */
  readonly weights: Float64Array;
  /**
   * $\log \sum_i p_i(D)$, of the evidences of the components: that of a model with all their modes, which are taken to be different ones; what was found twice counts twice.
   */
  readonly logEvidence: number;
}

/**
 * Options of {@link mixture}.
 *
 * @category Posterior
 */
export interface MixtureOptions {
  /**
   * `"equal"`; `"evidence"`, $\pi_i \propto p_i(D)$; or numbers in proportion to the weights. Default `"equal"`.
   *
   * Evidences differ by factors of thousands between modes that predict equally well, and as a rule leave one component with all of the weight: their errors, those of the Gaussian approximation,
   * are exponentiated. Equal weights average errors out, and as a rule predict better; the guide to choosing has an example.
   */
  readonly weights?: "equal" | "evidence" | ArrayLike<number>;
}

/**
 * A mixture of posteriors: of one model's several modes, as training from several starts finds them (a committee, MacKay 1992b; mixtures of Laplace approximations, Eschenhagen, Daxberger,
 * Hennig & Kristiadi 2021), or of several models.
 *
 * Where the components agree, predictions are those of each; where they do not, as far from the data, the variance has the variance between them as well.
 *
 * @category Posterior
 * @param posteriors - Of the same likelihood and number of outputs.
 * @throws {@link InvalidArgumentError} when there are none, they do not fit each other, or weights are negative or all 0; with weights by evidence also for
 * different numbers of examples.
 * @example
 * ```ts
 * import { gaussian, laplace, mixture, mlp, predict, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const posteriors = await Promise.all([1, 2, 3].map(async (seed) => {
 *   const { model, likelihood, prior } = await train(mlp([1, 5, 1], { seed }), gaussian({ noise: 0.1 }), data);
 *   return laplace(model, likelihood, data, { prior });
 * }));
 * const { mean, variance } = await predict(mixture(posteriors), [1.5, 10]);
 * console.log(mean.rows, variance.get(1, 0) > variance.get(0, 0)); // 2 true
 * ```
 */
export function mixture<M extends Model, L extends Likelihood>(posteriors: readonly Posterior<M, L>[], options: MixtureOptions = {}): Mixture<M, L> {
  knownOptions("options", options, ["weights"]);
  if (!(posteriors?.length > 0)) throw new InvalidArgumentError({ argument: "posteriors", expected: "an array of posteriors, at least one", received: describe(posteriors) });
  for (const posterior of posteriors) checkedPosterior(posterior);
  posteriors.forEach((posterior, i) => fits(posteriors[0], posterior, i));
  const logEvidences = Float64Array.from(posteriors, ({ logEvidence }) => logEvidence);
  return { posteriors: [...posteriors], weights: weightsOf(posteriors, logEvidences, options.weights ?? "equal"), logEvidence: logSumExp(logEvidences) };
}

/** Whether it is a mixture and not a single posterior. */
export function isMixture<M extends Model, L extends Likelihood>(posterior: Posterior<M, L> | Mixture<M, L>): posterior is Mixture<M, L> {
  return typeof posterior === "object" && posterior !== null && "posteriors" in posterior;
}

/** The posteriors of a mixture and their weights, or the one posterior that it is. */
export function componentsOf<M extends Model, L extends Likelihood>(posterior: Posterior<M, L> | Mixture<M, L>): Pick<Mixture<M, L>, "posteriors" | "weights"> {
  return isMixture(posterior) ? posterior : { posteriors: [checkedPosterior(posterior)], weights: Float64Array.of(1) };
}

function fits(first: Posterior, { model, likelihood }: Posterior, i: number): void {
  const expected = (what: string, received: string): InvalidArgumentError => new InvalidArgumentError({ argument: `posteriors[${i}]`, expected: `${what}, as the first has`, received });
  if (likelihood.name !== first.likelihood.name) throw expected(`a ${first.likelihood.name} likelihood`, likelihood.name);
  if (model.outputs !== first.model.outputs) throw expected(`a model of ${first.model.outputs} outputs`, `${model.outputs}`);
}

function weightsOf(posteriors: readonly Posterior[], logEvidences: Float64Array, weights: "equal" | "evidence" | ArrayLike<number>): Float64Array {
  const count = posteriors.length;
  if (weights === "equal") return new Float64Array(count).fill(1 / count);
  if (weights === "evidence") {
    const { examples } = posteriors[0].data;
    posteriors.forEach(({ data, temperature }, i) => {
      if (temperature !== posteriors[0].temperature) throw new InvalidArgumentError({ argument: `posteriors[${i}]`, expected: `the temperature ${posteriors[0].temperature}, as the first has, to be weighed by evidence`, received: `${temperature}` });
      if (data.examples !== examples) throw new InvalidArgumentError({ argument: `posteriors[${i}]`, expected: `a posterior of the same ${examples} examples as the first, to be weighed by evidence`, received: `one of ${data.examples}` });
    });
    const total = logSumExp(logEvidences);
    return logEvidences.map((value) => Math.exp(value - total));
  }
  const bad = (received: string): InvalidArgumentError => new InvalidArgumentError({ argument: "weights", expected: `"equal", "evidence" or ${count} numbers of at least 0, not all 0`, received });
  if (typeof weights !== "object" || weights?.length !== count) throw bad(describe(weights));
  const numbers = toNumbers("weights", weights);
  const sum = numbers.reduce((a, b) => a + b, 0);
  if (numbers.some((value) => !(value >= 0)) || !(sum > 0 && Number.isFinite(sum))) throw bad(Array.from(numbers).join(", "));
  return numbers.map((value) => value / sum);
}
