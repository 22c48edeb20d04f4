import type { OutputMoments, Prediction } from "./prediction.ts";
import { concatenated } from "../linalg/vector.ts";

/**
 * A prediction in the making, batch by batch. It keeps of a batch no more than the prediction needs, where it can: of K classes
 * N x K numbers and not N x K x K.
 *
 * @category Predictions
 */
export interface Predictor<P extends Prediction> {
  /** Whether the variances of so many outputs are all that is needed: their covariances are then not computed. */
  isMarginal(outputs: number): boolean;
  /** Takes the outputs at further inputs. */
  add(moments: OutputMoments): void;
  /** What the prediction needs of the outputs at a batch of inputs; another thread may do that. */
  keep(moments: OutputMoments): KeptOutputs;
  /** Takes what was kept of the outputs at further inputs. */
  take(kept: KeptOutputs): void;
  /** The prediction for all inputs that were taken, in their order. */
  prediction(): P;
}

/**
 * What a {@link Predictor} keeps of a batch.
 *
 * @category Predictions
 */
export interface KeptOutputs {
  /** N. */
  readonly rows: number;
  /** K. */
  readonly outputs: number;
  /** By name, arrays with as many numbers for each example. */
  readonly kept: Readonly<Record<string, Float64Array>>;
}

/** What {@link predict} takes beside the options of the likelihood, for messages. */
export const PREDICT_OPTIONS = ["method", "workers", "signal", "onProgress"];

type Kept = Readonly<Record<string, Float64Array>>;

/** How a likelihood predicts, its options settled. */
interface Recipe<P extends Prediction, K extends Kept> {
  /** Whether `keep` looks at variances only, and not at covariances, of so many outputs. Default false. */
  readonly isMarginal?: (outputs: number) => boolean;
  /** The link integrated over the outputs of a batch, example by example. */
  readonly keep: (moments: OutputMoments) => K;
  /** The prediction from what was kept of all batches, of N examples with K outputs. */
  readonly make: (kept: K, rows: number, outputs: number) => P;
}

/** Both ways to a prediction: from all outputs at once, and batch by batch. */
export interface Predicting<P extends Prediction, O> {
  predict(moments: OutputMoments, options?: O): P;
  predictor(options?: O): Predictor<P>;
}

/** Both ways to a prediction, from a function that checks the options. */
export function predicting<P extends Prediction, K extends Kept, O extends object = object>(recipe: (options: O) => Recipe<P, K>): Predicting<P, O> {
  return {
    predict: (moments, options = {} as O) => {
      const { keep, make } = recipe(options);
      return make(keep(moments), moments.rows, moments.outputs);
    },
    predictor: (options = {} as O) => {
      const { keep, make, isMarginal = () => false } = recipe(options);
      const batches: K[] = [];
      let [rows, outputs] = [0, 0];
      const predictor: Predictor<P> = {
        isMarginal,
        add: (moments) => predictor.take(predictor.keep(moments)),
        keep: (moments) => ({ rows: moments.rows, outputs: moments.outputs, kept: keep(moments) }),
        take: (batch) => {
          batches.push(batch.kept as K);
          rows += batch.rows;
          outputs = batch.outputs;
        },
        prediction: () => make(joined(batches), rows, outputs),
      };
      return predictor;
    },
  };
}

/** The arrays of each name one after another. */
function joined<K extends Kept>(batches: readonly K[]): K {
  const [first] = batches;
  if (batches.length === 1) return first;
  return Object.fromEntries(Object.keys(first).map((name) => [name, concatenated(batches.map((batch) => batch[name]))])) as K;
}
