import type { MatrixLike } from "../data.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import type { Posterior } from "../posterior/posterior.ts";
import type { SharedJobOptions } from "../progress.ts";

/**
 * What {@link predict} returns for a likelihood.
 *
 * @category Predictions
 */
export type PredictionOf<L extends Likelihood> = ReturnType<L["predict"]>;

/**
 * Predictions of which number i holds with probability $e^{\text{logWeights}_i}$.
 *
 * @category Predictions
 */
export interface PredictionComponents<L extends Likelihood> {
  /** One or several, which can be gone through again and again. */
  readonly predictions: Iterable<PredictionOf<L>>;
  /** As many. */
  readonly logWeights: Float64Array;
}

/**
 * What a method of prediction is told: how the job is to be done. The options of the likelihood stand beside.
 *
 * @category Predictions
 */
export type MethodOptions = SharedJobOptions;

/**
 * How predictions are made of a posterior: {@link linearized} or {@link sampled}.
 *
 * @category Predictions
 */
export interface PredictionMethod {
  /** For reports: `"linearized"`. */
  readonly name: string;
  /** Whether it is made for a certain posterior, as {@link sampled} with the importance weights of one, and not for the components of a mixture. */
  readonly ofOnePosterior?: boolean;
  /** The predictions that make up that of one posterior; `options` are those of the job and of the likelihood. */
  components<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, inputs: MatrixLike, options: MethodOptions): Promise<PredictionComponents<L>>;
}
