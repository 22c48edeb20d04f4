import type { Model } from "./model.ts";

/**
 * What gave the outputs of another program's model, and likelihoods have in them.
 *
 * @category Models
 */
export type OutputLink = "sigmoid" | "softmax" | "logSoftmax";

/**
 * A model of another program: what {@link fromTensorFlow}, {@link fromOnnx} and {@link fromJax} give.
 *
 * @category Models
 */
export interface ImportedModel<M extends Model = Model> {
  /** The same function with the same weights, without the link. */
  readonly model: M;
  /** The sigmoid or softmax that gave the outputs and was left out, since {@link bernoulli} and {@link categorical} have it in them; undefined where there was none, and always of {@link fromJax}, whose functions give what likelihoods take. */
  readonly link: OutputLink | undefined;
  /** How far it was found to be from the other program; undefined where nothing was compared, as by {@link fromOnnx} without `check`. */
  readonly difference: number | undefined;
}

/**
 * An imported model that was compared with the other program.
 *
 * @category Models
 */
export interface CheckedModel<M extends Model = Model> extends ImportedModel<M> {
  /** The largest difference that was found, of outputs with the link or, by {@link fromJax}, of derivatives, as a share of the largest number compared: about 1e-7 is the rounding of single precision. */
  readonly difference: number;
}
