import { outerProduct, type CurvatureKind } from "../curvature/curvature.ts";
import { outputDerivatives } from "../curvature/loss.ts";
import { slice, type Data, type Table } from "../data.ts";
import { NotFiniteError, knownOptions, madeBy, positive } from "../errors.ts";
import { examples } from "../likelihood/examples.ts";
import type { Likelihood, OutputFactor } from "../likelihood/likelihood.ts";
import { allFinite } from "../linalg/vector.ts";
import { weightVector } from "../model/derivatives.ts";
import { isNetwork } from "../model/graph/network.ts";
import { isLayered, type Evaluation, type Model } from "../model/model.ts";
import { isPart } from "../model/part.ts";
import { activationCount, deltaCount } from "../model/shared-weights.ts";
import { PRIORS, settled } from "../posterior/posterior.ts";
import type { GroupedPrior, Prior } from "../prior/prior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { rowsFor } from "../structure/structure.ts";
import { operatorVector, type LinearOperator } from "./linear-operator.ts";

/**
 * Options of {@link curvatureOperator}.
 *
 * @category Spectrum
 */
export interface CurvatureOperatorOptions extends JobOptions {
  /** Which second-order matrix stands for the curvature: {@link exact} for the Hessian itself. Default {@link outerProduct}. */
  readonly curvature?: CurvatureKind;
  /** A prior, whose precision is added: $P = H / T + A$, the precision of the posterior. Default none, so that it is $H / T$. */
  readonly prior?: Prior;
  /** T. Default 1. */
  readonly temperature?: number;
  /** Other weights than those of the model: W numbers. */
  readonly parameters?: ArrayLike<number>;
}

/**
 * The curvature of the data error, or with a prior the precision of the posterior, by its products with vectors: what {@link curvatureOperator} makes.
 *
 * @category Spectrum
 */
export interface CurvatureOperator<M extends Model = Model, L extends Likelihood = Likelihood> extends LinearOperator {
  /** At the weights that are meant. */
  readonly model: M;
  /** With its noise; where that was left open, that of the residuals. */
  readonly likelihood: L;
  /** Bound to the model; undefined if none is added. */
  readonly prior: GroupedPrior | undefined;
  /** Which second-order matrix it is. */
  readonly curvature: CurvatureKind;
  /** T. */
  readonly temperature: number;
  /** N. */
  readonly examples: number;
  /** The sum of $E_0$, the data error at unit noise precision. */
  readonly energy: number;
  /** $dE_D / dw$ of all data, W numbers, without prior and temperature. */
  readonly gradient: Float64Array;
  /** $H v / T$, or $P v$: W numbers. */
  times(v: ArrayLike<number>, options?: Pick<JobOptions, "signal">): Promise<Float64Array>;
  /** The same matrix without the prior, with another one, or at another temperature. The data are not touched again. */
  with(changes: { readonly prior?: Prior | undefined; readonly temperature?: number }): CurvatureOperator<M, L>;
}

/** Numbers that activations and the like of all batches may take, to be at hand for the next product: 256 MB. */
const KEPT = 2 ** 25;

/**
 * The curvature $H = \sum_n H_n$ of the data error, summed over all examples, as a linear operator: products $H v$ in O(NW), without any matrix of the size of
 * W x W or of a Jacobian, for networks of millions of weights. The outer product comes from the change of the outputs along $v$, carried back,
 * $$H v = \sum_n J_n^\top S_n S_n^\top (J_n v),$$
 * at the price of two backpropagations (Schraudolph 2002), the exact Hessian by the R-operator (Pearlmutter 1994). With a `prior` it is the precision $P = H / T + A$ of the posterior.
 *
 * What it is for: {@link largestEigenpairs}, {@link smallestEigenpairs}, {@link estimateTrace}, {@link estimateDiagonal}, {@link estimateLogDeterminant}, {@link spectralDensity}, {@link conjugateGradient}.
 *
 * A layer, or any weights, are a model of their own as everywhere: {@link subnetwork} gives the block of these weights.
 *
 * Data go through in batches. Their activations are kept for the next product where they take at most 256 MB, and computed again where they take more.
 *
 * @category Spectrum
 * @throws {@link InvalidArgumentError} for data, options or shapes that do not fit.
 * @example
 * ```ts
 * import { byName, curvatureOperator, gaussian, largestEigenpairs, mlp, subnetwork } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const model = mlp([1, 20, 1], { seed: 1 });
 * const whole = await curvatureOperator(model, gaussian({ noise: 0.1 }), data);
 * const { values } = await largestEigenpairs(whole, { count: 2 });
 * const second = await curvatureOperator(subnetwork(model, byName("layer2")), gaussian({ noise: 0.1 }), data);
 * const ofLayer = await largestEigenpairs(second);
 * console.log(whole.size, second.size, values[0] > ofLayer.values[0]); // 61 21 true
 * ```
 */
export async function curvatureOperator<M extends Model, L extends Likelihood>(model: M, likelihood: L, data: Data, options: CurvatureOperatorOptions = {}): Promise<CurvatureOperator<M, L>> {
  knownOptions("options", options, ["curvature", "prior", "temperature", "parameters", "signal", "onProgress"]);
  const { inputs, targets } = examples(model, likelihood, data);
  const curvature = madeBy("exact(), outerProduct(), monteCarloFisher() or empiricalFisher()", "curvature", options.curvature ?? outerProduct(), "kind");
  const at = options.parameters === undefined ? model : model.withParameters(weightVector(model, "parameters", options.parameters));

  const perExample = numbersPerExample(at);
  const rows = rowsFor(perExample, 512);
  const evaluations: (Evaluation | undefined)[] = [];
  const evaluationOf = (batch: number): Evaluation => evaluations[batch] ?? at.evaluate(slice(inputs, batch * rows, Math.min(inputs.rows, (batch + 1) * rows)));
  const targetsOf = (batch: number): Table => slice(targets, batch * rows, Math.min(inputs.rows, (batch + 1) * rows));
  const batches = Math.ceil(inputs.rows / rows);

  // One pass, for what the likelihood must know before it can be differentiated, and to keep what fits.
  const checkpoint = checkpoints(options);
  const gradient = new Float64Array(at.parameters.length);
  let energy = 0;
  for (let batch = 0; batch < batches; batch++) {
    const evaluation = evaluationOf(batch);
    if ((batch + 1) * rows * perExample <= KEPT) evaluations[batch] = evaluation;
    energy += likelihood.energy(evaluation.outputs, targetsOf(batch));
    add(gradient, evaluation.vectorJacobianProduct(likelihood.gradient(evaluation.outputs, targetsOf(batch))));
    await checkpoint({ stage: "curvature", done: Math.min(inputs.rows, (batch + 1) * rows), total: inputs.rows });
  }
  if (!Number.isFinite(energy) || !allFinite(gradient)) throw new NotFiniteError("The model's outputs or their derivatives are not finite on these data. Check the weights: training may have diverged.");
  const known = settled(likelihood, energy, inputs.rows * model.outputs);
  for (let i = 0; i < gradient.length; i++) gradient[i] *= known.precision / likelihood.precision;

  const kept: ((v: Float64Array) => Float64Array)[] = [];
  const productOf = (batch: number): ((v: Float64Array) => Float64Array) => kept[batch] ?? batchProduct(known, curvature, evaluationOf(batch), targetsOf(batch), batch * rows);
  const curvatureTimes = async (v: Float64Array, signal: AbortSignal | undefined): Promise<Float64Array> => {
    const breathe = checkpoints(signal === undefined ? {} : { signal });
    const product = new Float64Array(v.length);
    for (let batch = 0; batch < batches; batch++) {
      const times = productOf(batch);
      if (evaluations[batch] !== undefined) kept[batch] = times;
      add(product, times(v));
      await breathe({ stage: "curvature", done: batch + 1 });
    }
    return product;
  };

  const make = (prior: GroupedPrior | undefined, temperature: number): CurvatureOperator<M, L> => {
    const operator: CurvatureOperator<M, L> = {
      size: at.parameters.length,
      model: at,
      likelihood: known,
      prior,
      curvature,
      temperature,
      examples: inputs.rows,
      energy,
      gradient,
      times: async (v, { signal } = {}) => {
        const direction = operatorVector(operator, "v", v);
        const product = await curvatureTimes(direction, signal);
        if (temperature !== 1) for (let i = 0; i < product.length; i++) product[i] /= temperature;
        if (prior !== undefined) addPriorProduct(prior, direction, product);
        return product;
      },
      with: (changes) => {
        knownOptions("changes", changes, ["prior", "temperature"]);
        return make("prior" in changes ? boundTo(at, changes.prior) : prior, positive("temperature", changes.temperature ?? temperature));
      },
    };
    return operator;
  };
  return make(boundTo(at, options.prior), positive("temperature", options.temperature ?? 1));
}

function boundTo(model: Model, prior: Prior | undefined): GroupedPrior | undefined {
  return prior === undefined ? undefined : madeBy(PRIORS, "prior", prior, "bind").bind(model);
}

/** H v of a batch, as a function of v. */
function batchProduct(likelihood: Likelihood, kind: CurvatureKind, evaluation: Evaluation, targets: Table, first: number): (v: Float64Array) => Float64Array {
  if (kind.kind === "exact") {
    const loss = outputDerivatives(likelihood, evaluation.outputs, targets);
    return (v) => evaluation.hessianVectorProduct(loss, v);
  }
  const factor = kind.factor(likelihood, evaluation.outputs, targets, first);
  const outputs = evaluation.outputs.length / targets.rows;
  return (v) => evaluation.vectorJacobianProduct(timesFactors(factor, evaluation.jacobianVectorProduct(v), outputs));
}

/** S_n S_n' u_n for every example: N x K. */
function timesFactors({ data, columns }: OutputFactor, u: Float64Array, outputs: number): Float64Array {
  const product = new Float64Array(u.length);
  for (let from = 0; from < u.length; from += outputs) {
    for (let r = 0; r < columns; r++) {
      let along = 0;
      for (let k = from; k < from + outputs; k++) along += data[k * columns + r] * u[k];
      for (let k = from; k < from + outputs; k++) product[k] += data[k * columns + r] * along;
    }
  }
  return product;
}

/** Adds (A + C) v. */
function addPriorProduct({ groupOf, precisions, coupling }: GroupedPrior, v: Float64Array, into: Float64Array): void {
  for (let i = 0; i < v.length; i++) into[i] += precisions[groupOf[i]] * v[i];
  if (coupling !== undefined) add(into, coupling.matrix.product(v));
}

function add(into: Float64Array, v: Float64Array): void {
  for (let i = 0; i < v.length; i++) into[i] += v[i];
}

/** How many numbers an evaluation keeps of an example, about. */
function numbersPerExample(model: Model): number {
  const ofOutputs = 2 * model.outputs ** 2;
  if (isNetwork(model)) return model.operations.reduce((sum, { shape }) => sum + 2 * shape.reduce((product, size) => product * size, 1), ofOutputs);
  // Activations, and with them pre-activations, slopes and bends.
  if (isLayered(model)) return model.layers.reduce((sum, layer) => sum + activationCount(layer) + 4 * deltaCount(layer), ofOutputs);
  return isPart(model) ? numbersPerExample(model.whole) : ofOutputs + model.outputs * model.parameters.length;
}
