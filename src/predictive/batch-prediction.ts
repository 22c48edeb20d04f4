import type { Table } from "../data.ts";
import { NotFiniteError } from "../errors.ts";
import type { Prediction } from "../likelihood/prediction.ts";
import type { KeptOutputs, Predictor } from "../likelihood/predictor.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { allFinite } from "../linalg/vector.ts";
import type { Model } from "../model/model.ts";
import { outputVarianceOf } from "../structure/output-variance.ts";
import type { Precision } from "../structure/structure.ts";

/** What predictions are made of. */
export interface PredictionParts {
  readonly model: Model;
  readonly likelihood: Likelihood;
  readonly precision: Precision;
  /** Options of the likelihood. */
  readonly link: object;
}

/** What is kept of the outputs at a batch of inputs: their mean and covariance under the linearised model, through the link. */
export function predictionsOfBatches({ model, likelihood, precision, link }: PredictionParts, predictor: Predictor<Prediction> = likelihood.predictor(link)): (inputs: Table) => KeptOutputs {
  return (inputs) => {
    const evaluation = model.evaluate(inputs);
    const mean = evaluation.outputs.slice();
    const spread = predictor.isMarginal(model.outputs) ? { variance: outputVarianceOf(precision, model, evaluation) } : { covariance: precision.outputCovariance(model, evaluation) };
    if (![mean, ...Object.values(spread)].every(allFinite)) throw new NotFiniteError("The model's outputs or their derivatives overflow at these inputs. Are they in the units the model was trained with?");
    return predictor.keep({ rows: inputs.rows, outputs: model.outputs, mean, ...spread });
  };
}
