import type { MatrixLike, Table } from "../data.ts";
import type { ColumnScale } from "../model/standardized.ts";
import type { OutputMoments, Prediction } from "./prediction.ts";
import type { Predictor } from "./predictor.ts";
import type { Random } from "../random.ts";

/**
 * A factor $S$ of N x K x R with $S_n S_n^\top$ the expected curvature of the loss at output $n$.
 *
 * @category Likelihoods
 */
export interface OutputFactor {
  /** N x K x R. */
  readonly data: Float64Array;
  /** R. */
  readonly columns: number;
}

/**
 * How targets follow from a model's outputs $f$. The data error is $E_D = -\log p(\text{targets} \mid f)$.
 *
 * A likelihood with a noise scale has $E_D = \beta E_0 + \text{constant}$, $E_0$ the error at unit precision; for the others $\beta = 1$
 * and $E_D = E_0$. Everything is per batch of N examples with K outputs; `targets` are as {@link Likelihood.encode} gives them.
 *
 * @category Likelihoods
 */
export interface Likelihood<P extends Prediction = Prediction, O = unknown> {
  /** `"gaussian"`, `"bernoulli"`, `"categorical"`. */
  readonly name: string;
  /** Noise precision $\beta$; 1 for likelihoods without noise. */
  readonly precision: number;
  /** Whether a noise scale was left open; {@link train} and {@link laplace} then estimate it from the data. */
  readonly estimated?: boolean;
  /** How many noise scales re-estimation moves. */
  readonly noiseParameters: number;
  /** A line for reports: `"gaussian, noise 0.1"`. */
  readonly description: string;
  /** Checks the targets of `rows` examples for a model of `outputs` outputs and brings them into the form used below. */
  encode(targets: MatrixLike, rows: number, outputs: number): Table;
  /** How many outputs a model for these targets has, K; absent where there is one for each column. What {@link networks} needs. */
  outputsFor?(targets: Table): number;
  /** The units in which a network of outputs of the size of 1 meets these targets; see {@link fit}. */
  outputScale(targets: Table, outputs: number): ColumnScale;
  /** Proportions of the noise of each output, where they are given: K. */
  readonly scales?: Float64Array | undefined;
  /** This likelihood with noise in proportion to the given scale of each output; absent where there is no noise. */
  scaled?(scales: Float64Array): this;
  /** $E_0$, summed over the batch. */
  energy(outputs: Float64Array, targets: Table): number;
  /** $\log p(\text{targets} \mid f)$, normalised, from the $E_0$ of `count` $= NK$ numbers. */
  logLikelihood(energy: number, count: number): number;
  /** $\log p(t_n \mid f_n)$ for each example: N. */
  logDensity(outputs: Float64Array, targets: Table): Float64Array;
  /** $\partial E_D / \partial f$: N x K. */
  gradient(outputs: Float64Array, targets: Table): Float64Array;
  /** $\partial^2 E_D / \partial f \partial f^\top$: N x K x K. */
  hessian(outputs: Float64Array, targets: Table): Float64Array;
  /** $S$ with $S_n S_n^\top$ the (expected) Hessian of $E_D$: what the outer product needs. */
  factor(outputs: Float64Array, targets: Table): OutputFactor;
  /** $\sum_n S_n S_n^\top$ over the batch, K x K, where that takes less than the factors of all examples; for many outputs. */
  factorSum?(outputs: Float64Array, targets: Table): Float64Array;
  /**
   * A target drawn from $p(t \mid f)$ for the outputs of one example, in the form of {@link encode}; `target` is the example's own, for what it has besides (exposures, error
   * bars). What {@link monteCarloFisher} needs.
   */
  draw?(outputs: Float64Array, target: Float64Array, source: Random): Float64Array;
  /** The predictive distribution of targets when the outputs are Gaussian: the link integrated over them. */
  predict(moments: OutputMoments, options?: O): P;
  /** The same for outputs that come in batches, as {@link predict} has them. */
  predictor(options?: O): Predictor<P>;
  /**
   * One prediction from several, of which number i holds with probability $e^{\text{logWeights}_i}$: what {@link mixture} and {@link sampled} need. A mixture's density is the
   * average of the densities, and its variance the average variance and the variance of the means. They may be made anew each time they are gone through, so as not to be all there at once.
   */
  mix?(predictions: Iterable<P>, logWeights: Float64Array): P;
  /**
   * This likelihood with its hyperparameters re-estimated from the outputs at the training inputs, for those that enter $E_D$ in another way than $\beta$ does; $\gamma$ is one number, or
   * with {@link Likelihood.separateOutputs} K, the effective number of parameters of each output. To be found is the greatest evidence, with $\gamma$ held, where the curvature is the outer product. What
   * was computed from the data with other hyperparameters holds no longer. Absent where nothing of that sort moves.
   */
  reestimateFrom?(outputs: Float64Array, targets: Table, effectiveParameters: Float64Array): this;
  /** What changes $E_D$ in another way than $\beta$ does, in numbers above 0 that change as much as matters, 1 where they are absent. */
  readonly hyperparameters?: Float64Array;
  /** What {@link Likelihood.reestimateFrom} wants to know of each output on its own: $\gamma_k = \sum_n \operatorname{tr} S_{nk} S_{nk}^\top \operatorname{Var} f_{nk}$. Default false. */
  readonly separateOutputs?: boolean;
  /** $c$, where $S_n S_n^\top$ is c times what does not depend on outputs and hyperparameters. */
  readonly information?: number;
  /**
   * This likelihood with its noise re-estimated (MacKay 1992a) from E_0, the number N K of target values, and the effective
   * number of parameters; itself where there is nothing to estimate.
   */
  reestimate(energy: number, count: number, effectiveParameters: number): this;
}

/** Whether a likelihood's noise was left open, as `gaussian()` leaves it. */
export function isOpen(likelihood: Likelihood): boolean {
  return likelihood.estimated === true;
}

/** By which share the hyperparameters of two likelihoods of a kind differ, the largest of them, in its logarithm. */
export function likelihoodChange(from: Likelihood, to: Likelihood): number {
  const change = (a: number, b: number): number => (a === b ? 0 : Math.abs(Math.log(b / a)));
  return pairsBesidesNoise(from, to).reduce((largest, [a, b]) => Math.max(largest, change(a, b)), change(from.precision, to.precision));
}

/** Whether two likelihoods of a kind differ in beta alone, if at all. */
export function differInNoiseAlone(first: Likelihood, second: Likelihood): boolean {
  return pairsBesidesNoise(first, second).every(([a, b]) => a === b);
}

function pairsBesidesNoise({ hyperparameters: first = new Float64Array() }: Likelihood, { hyperparameters: second = new Float64Array() }: Likelihood): [number, number][] {
  return Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [first[i] ?? 1, second[i] ?? 1]);
}
