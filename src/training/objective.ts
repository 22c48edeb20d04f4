import { slice, type Table } from "../data.ts";
import { NotFiniteError } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { allFinite, concatenated, norm } from "../linalg/vector.ts";
import { jacobianRows, rowNumbers, rowShape } from "../model/jacobian-rows.ts";
import { isLayered, type Evaluation, type Model } from "../model/model.ts";
import { addOuterProducts } from "../model/outer-products.ts";
import { deltaCount } from "../model/shared-weights.ts";
import { priorEnergy, priorGradient, type GroupedPrior } from "../prior/prior.ts";

/**
 * What is minimised: $E(w) = \beta E_0(w) + \sum_g \alpha_g E_{W,g}(w)$ over the whole data.
 *
 * @category Training
 */
export interface Objective<L extends Likelihood = Likelihood> {
  /** The model, whose own weights do not matter here. */
  readonly model: Model;
  /** The likelihood with its noise. */
  readonly likelihood: L;
  /** The prior, bound to the model. */
  readonly prior: GroupedPrior;
  /** N x D. */
  readonly inputs: Table;
  /** As {@link Likelihood.encode} gives them. */
  readonly targets: Table;
  /** Awaited between chunks of data: honours the abort signal and lets the event loop breathe. */
  readonly breathe: () => Promise<void>;
}

/** The objective at some weights. */
export interface ObjectiveValue {
  readonly weights: Float64Array;
  /** E_0, without beta. */
  readonly energy: number;
  /** E; infinite where the model or the loss is not finite, so that a step there is refused. */
  readonly loss: number;
}

/** The objective and its gradient. */
export interface ObjectiveGradient extends ObjectiveValue {
  /** dE_D/dw: W. */
  readonly dataGradient: Float64Array;
  /** dE/dw: W. */
  readonly gradient: Float64Array;
}

/** The objective with its gradient and curvature. */
export interface ObjectiveCurvature extends ObjectiveGradient {
  /** The lower triangle of the outer product H = sum_n J_n' S_n S_n' J_n of E_D: W x W. */
  readonly curvature: Float64Array;
}

/** Numbers of a temporary that one chunk of examples may take: 8 MB. */
const CHUNK = 2 ** 20;

/** E at the given weights: one forward pass. */
export async function lossAt(objective: Objective, weights: Float64Array): Promise<ObjectiveValue> {
  let energy = 0;
  try {
    await overChunks(objective, weights, forwardSize(objective.model), ({ outputs }, targets) => {
      energy += objective.likelihood.energy(outputs, targets);
    });
  } catch (error) {
    // A function model says in this way that it left its domain; an infinite loss makes the line search come back.
    if (!(error instanceof NotFiniteError)) throw error;
    energy = Infinity;
  }
  const loss = objective.likelihood.precision * energy + priorEnergy(objective.prior, weights);
  return { weights, energy, loss: Number.isFinite(loss) ? loss : Infinity };
}

/** E and its gradient: one forward and one backward pass. */
export async function gradientAt(objective: Objective, weights: Float64Array): Promise<ObjectiveGradient> {
  const { likelihood, model } = objective;
  const dataGradient = new Float64Array(weights.length);
  let energy = 0;
  try {
    await overChunks(objective, weights, backwardSize(model), (evaluation, targets) => {
      energy += likelihood.energy(evaluation.outputs, targets);
      add(dataGradient, evaluation.vectorJacobianProduct(likelihood.gradient(evaluation.outputs, targets)));
    });
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    energy = Infinity;
  }
  return withPrior(objective, { weights, energy, dataGradient });
}

/** E, its gradient and the outer product sum_n J_n' S_n S_n' J_n. */
export async function outerProductAt(objective: Objective, weights: Float64Array): Promise<ObjectiveCurvature> {
  const { likelihood, model } = objective;
  const dataGradient = new Float64Array(weights.length);
  const curvature = new Float64Array(weights.length ** 2);
  let energy = 0;
  await overChunks(objective, weights, rowNumbers(rowShape(model, 1, model.outputs)), (evaluation, targets) => {
    energy += likelihood.energy(evaluation.outputs, targets);
    add(dataGradient, evaluation.vectorJacobianProduct(likelihood.gradient(evaluation.outputs, targets)));
    const { data, columns } = likelihood.factor(evaluation.outputs, targets);
    addOuterProducts(jacobianRows(model, evaluation, data, columns), curvature);
  });
  return { ...withPrior(objective, { weights, energy, dataGradient }), curvature };
}

/** Shows the rows S_n' J_n, `columns` for each example, a chunk at a time. */
export async function overJacobianRows(objective: Objective, weights: Float64Array, see: (rows: Float64Array, columns: number, ...chunk: Parameters<Visit>) => void): Promise<void> {
  const { likelihood, model } = objective;
  await overChunks(objective, weights, model.outputs * weights.length, (evaluation, targets) => {
    const { data, columns } = likelihood.factor(evaluation.outputs, targets);
    see(evaluation.scaledJacobian(data, columns), columns, evaluation, targets);
  });
}

/** The outputs at all inputs: N x K. */
export async function outputsAt(objective: Objective, weights: Float64Array): Promise<Float64Array> {
  const chunks: Float64Array[] = [];
  await overChunks(objective, weights, forwardSize(objective.model), ({ outputs }) => {
    chunks.push(outputs);
  });
  return concatenated(chunks);
}

/**
 * The same point for an objective that differs in its hyperparameters alone. The data error is beta E_0, so its derivatives
 * scale with beta and the data need not be passed again.
 */
export function rescaled(point: ObjectiveCurvature, from: Likelihood, to: Objective): ObjectiveCurvature {
  const ratio = to.likelihood.precision / from.precision;
  const scale = (values: Float64Array): Float64Array => values.map((value) => ratio * value);
  const { weights, energy } = point;
  return { ...withPrior(to, { weights, energy, dataGradient: scale(point.dataGradient) }), curvature: scale(point.curvature) };
}

/** Whether |dE/dw| <= tolerance max(1, E): E grows with the data and so does the rounding of its gradient. */
export function isSmall(tolerance: number): (point: ObjectiveGradient) => boolean {
  return ({ gradient, loss }) => norm(gradient) <= tolerance * Math.max(1, loss);
}

/** into += v. */
function add(into: Float64Array, v: Float64Array): void {
  for (let i = 0; i < v.length; i++) into[i] += v[i];
}

function withPrior({ likelihood, prior }: Objective, { weights, energy, dataGradient }: Pick<ObjectiveGradient, "weights" | "energy" | "dataGradient">): ObjectiveGradient {
  const gradient = priorGradient(prior, weights);
  add(gradient, dataGradient);
  const loss = likelihood.precision * energy + priorEnergy(prior, weights);
  return { weights, energy, dataGradient, gradient, loss: Number.isFinite(loss) && allFinite(gradient) ? loss : Infinity };
}

type Visit = (evaluation: Evaluation, targets: Table) => void;

async function overChunks({ model, inputs, targets, breathe }: Objective, weights: Float64Array, perExample: number, visit: Visit): Promise<void> {
  if (!allFinite(weights)) throw new NotFiniteError("Training came to weights that are not finite. Use a smaller step or a stronger prior.");
  const moved = model.withParameters(weights);
  const rows = Math.max(1, Math.floor(CHUNK / perExample));
  for (let from = 0; from < inputs.rows; from += rows) {
    const to = Math.min(inputs.rows, from + rows);
    visit(moved.evaluate(slice(inputs, from, to)), slice(targets, from, to));
    await breathe();
  }
}

function forwardSize(model: Model): number {
  return isLayered(model) ? model.layers.reduce((sum, layer) => sum + deltaCount(layer), 0) : model.outputs;
}

/** Only layers can be passed backwards without a Jacobian. */
function backwardSize(model: Model): number {
  return isLayered(model) ? 4 * forwardSize(model) : model.outputs * model.parameters.length;
}
