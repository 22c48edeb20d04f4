import type { Likelihood } from "../likelihood/likelihood.ts";
import { scaled } from "../linalg/vector.ts";
import { solveLowerRows } from "../linalg/triangular.ts";
import { gradientAt, outerProductAt, outputsAt, overJacobianRows, rescaled, type Objective, type ObjectiveCurvature } from "./objective.ts";

/** What the hyperparameters of a likelihood that needs the data become at a point; `factor` is that of P there, gamma the effective number of parameters. */
export async function likelihoodFromData<L extends Likelihood>(objective: Objective<L>, { weights }: ObjectiveCurvature, factor: Float64Array, gamma: number): Promise<L> {
  const { likelihood, targets } = objective;
  if (likelihood.reestimateFrom === undefined) return likelihood;
  const effectiveParameters = likelihood.separateOutputs === true ? await effectiveParametersByOutput(objective, weights, factor) : Float64Array.of(gamma);
  return likelihood.reestimateFrom(await outputsAt(objective, weights), targets, effectiveParameters);
}

/** gamma_k, the sum over examples of |L^-1 J_nk' S_nk|^2 with L L' = P, for outputs that the likelihood takes one by one: K. */
async function effectiveParametersByOutput(objective: Objective, weights: Float64Array, factor: Float64Array): Promise<Float64Array> {
  const gamma = new Float64Array(objective.model.outputs);
  await overJacobianRows(objective, weights, (rows, columns) => {
    const width = weights.length;
    const whitened = rows.slice();
    solveLowerRows(factor, width, whitened, rows.length / width);
    for (let i = 0; i < whitened.length; i++) gamma[Math.floor(i / width) % columns] += whitened[i] * whitened[i];
  });
  return gamma;
}

/** The same point for an objective that differs in its hyperparameters alone; the data are passed again as far as they must. */
export async function moved(point: ObjectiveCurvature, from: Likelihood, to: Objective): Promise<ObjectiveCurvature> {
  const { likelihood } = to;
  if (likelihood.reestimateFrom === undefined || likelihood === from) return rescaled(point, from, to);
  if (likelihood.information === undefined || from.information === undefined) return outerProductAt(to, point.weights);
  return { ...(await gradientAt(to, point.weights)), curvature: scaled(likelihood.information / from.information, point.curvature) };
}
