import type { Table } from "./data.ts";
import type { Likelihood } from "./likelihood/likelihood.ts";
import { bestPooling, pooledMoments, pooledStudentT, type Moments, type Pooling } from "./likelihood/pooled-student-t.ts";
import type { Prediction } from "./likelihood/prediction.ts";
import { isStudentT, squaredScales } from "./likelihood/student-t.ts";
import type { StudentTPrediction } from "./likelihood/student-t-prediction.ts";
import { concatenated } from "./linalg/vector.ts";
import type { Model } from "./model/model.ts";
import type { Mixture } from "./posterior/mixture.ts";
import type { PredictionOf } from "./predictive/predict.ts";

/** What a pool is made from, of one of its predictions; undefined for noise that is not of Student's t distribution. */
export function momentsOf(prediction: Prediction, likelihood: Likelihood): Moments | undefined {
  if (!isStudentT(likelihood)) return undefined;
  const { mean, variance } = prediction as StudentTPrediction;
  const noise = squaredScales(likelihood, mean.columns);
  return { mean: Float64Array.from(mean.to1DArray()), squaredScale: Float64Array.from(variance.to1DArray(), (v, i) => v + noise[i % noise.length]) };
}

/** The pooling by which held-out targets are most probable: `folds` has for each size its predictions of one fold after the other. Undefined where there are no moments. */
export function poolingFor(folds: readonly (readonly (Moments | undefined)[])[], shares: readonly number[], targets: Table): Pooling | undefined {
  if (folds[0][0] === undefined) return undefined;
  const ofSize = (folds as readonly (readonly Moments[])[]).map((parts) => ({ mean: concatenated(parts.map(({ mean }) => mean)), squaredScale: concatenated(parts.map(({ squaredScale }) => squaredScale)) }));
  return bestPooling(pooledMoments(ofSize, shares), targets.data, targets.columns);
}

/** The prediction of a mixture, pooled if there is a way. */
export function pooled<L extends Likelihood>(prediction: PredictionOf<L>, { posteriors, weights }: Mixture<Model, L>, pooling: Pooling | undefined): PredictionOf<L> {
  if (pooling === undefined) return prediction;
  const { outputs } = posteriors[0].model;
  const noise = new Float64Array(outputs);
  posteriors.forEach(({ likelihood }, i) => {
    if (isStudentT(likelihood)) squaredScales(likelihood, outputs).forEach((square, k) => (noise[k] += weights[i] * square));
  });
  return pooledStudentT(prediction as unknown as StudentTPrediction, noise, pooling) as unknown as PredictionOf<L>;
}
