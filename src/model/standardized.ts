import type { Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";
import { remakeable } from "../recipe.ts";
import { isLayered, type Evaluation, type LayeredEvaluation, type Model, type OutputDerivatives } from "./model.ts";
import { isPart } from "./part.ts";

/**
 * A change of units for each column: value = shift + scale * standardised value.
 *
 * @category Models
 */
export interface ColumnScale {
  /** What is 0 in the standardised column. */
  readonly shift: Float64Array;
  /** What is 1 in it, from there. */
  readonly scale: Float64Array;
}

/** Mean and standard deviation (with N in the denominator) of each column; a constant column gets scale 1. */
export function columnScale({ data, rows, columns }: Table): ColumnScale {
  const shift = new Float64Array(columns);
  const scale = new Float64Array(columns);
  // Around the first row, so that the mean of a constant column is exact.
  for (let i = 0; i < data.length; i++) shift[i % columns] += (data[i] - data[i % columns]) / rows;
  for (let c = 0; c < columns; c++) shift[c] += data[c];
  for (let i = 0; i < data.length; i++) scale[i % columns] += (data[i] - shift[i % columns]) ** 2 / rows;
  // What rounding leaves of a constant column is no spread.
  return { shift, scale: scale.map((variance, c) => (variance > (1e-12 * shift[c]) ** 2 ? Math.sqrt(variance) : 1)) };
}

/** The scale that changes nothing. */
export function unitScale(columns: number): ColumnScale {
  return { shift: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
}

/** Which units a {@link standardized} model meets the world in. */
export interface Units {
  /** Of the inputs: the inner model sees (x - shift) / scale. */
  readonly inputs: ColumnScale;
  /** Of the outputs: f = shift + scale * inner f. */
  readonly outputs: ColumnScale;
}

/**
 * The model x -> s f((x - m) / d; w) + t: the same weights, but inputs and outputs in their own units. The inner model can then
 * work with numbers of the size of 1, for which its initial weights and prior are made.
 *
 * @throws {@link InvalidArgumentError} when the units are not of as many columns as the model has inputs and outputs.
 */
export function standardized<M extends Model>(model: M, units: Units): M {
  const { inputs, outputs } = units;
  if (outputs.scale.length !== model.outputs) throw new InvalidArgumentError({ argument: "units.outputs", expected: `${model.outputs} columns`, received: `${outputs.scale.length}` });
  if (model.inputs !== undefined && inputs.scale.length !== model.inputs) throw new InvalidArgumentError({ argument: "units.inputs", expected: `${model.inputs} columns`, received: `${inputs.scale.length}` });
  const inUnitsOfData: M = {
    ...model,
    // Spelled out, since a spread leaves out what a class defines by getters.
    parameters: model.parameters,
    outputs: model.outputs,
    tensors: model.tensors,
    ...(isLayered(model) && { layers: model.layers }),
    inputs: inputs.scale.length,
    units,
    withParameters: (parameters: Float64Array) => standardized(model.withParameters(parameters), units),
    evaluate: (table: Table) => inUnits(model.evaluate(standardize(table, inputs)), outputs),
  };
  return remakeable(inUnitsOfData, "standardized", () => ({ model, units }));
}

/** Whether a model is in units of its own already, which may be those that its frozen weights were trained in. */
export function isStandardized(model: Model): boolean {
  return "units" in model || isPart(model);
}

/** The units of a {@link standardized} model. */
export function unitsOf(model: Model): Units | undefined {
  return "units" in model ? (model.units as Units) : undefined;
}

/** (x - shift) / scale, column by column. */
export function standardize({ data, rows, columns }: Table, { shift, scale }: ColumnScale): Table {
  return { data: data.map((x, i) => (x - shift[i % columns]) / scale[i % columns]), rows, columns };
}

/**
 * An evaluation with its outputs in other units. Chain rule: what was a derivative with respect to f becomes one with respect to the
 * inner f, and back.
 */
export function inUnits(inner: LayeredEvaluation, units: ColumnScale): LayeredEvaluation;
export function inUnits(inner: Evaluation, units: ColumnScale): Evaluation;
export function inUnits(inner: Evaluation, { shift, scale }: ColumnScale): Evaluation {
  const count = scale.length;
  const byRow = (values: Float64Array): Float64Array => values.map((value, i) => value * scale[i % count]);
  const byBlock = (factor: Float64Array, columns: number): Float64Array => factor.map((value, i) => value * scale[Math.floor(i / columns) % count]);
  const inward = ({ gradient, hessian }: OutputDerivatives): OutputDerivatives => ({
    gradient: byRow(gradient),
    hessian: byRow(byBlock(hessian, count)),
  });
  const evaluation: Evaluation = {
    outputs: inner.outputs.map((f, i) => shift[i % count] + scale[i % count] * f),
    jacobian: () => {
      const jacobian = inner.jacobian();
      return byBlock(jacobian, jacobian.length / inner.outputs.length);
    },
    scaledJacobian: (factor, columns) => inner.scaledJacobian(byBlock(factor, columns), columns),
    jacobianVectorProduct: (direction) => byRow(inner.jacobianVectorProduct(direction)),
    vectorJacobianProduct: (cotangents) => inner.vectorJacobianProduct(byRow(cotangents)),
    hessianVectorProduct: (loss, direction) => inner.hessianVectorProduct(inward(loss), direction),
    hessian: (loss) => inner.hessian(inward(loss)),
    hessianDiagonal: (loss) => inner.hessianDiagonal(inward(loss)),
  };
  if (!("backpropagate" in inner)) return evaluation;
  const layered = inner as LayeredEvaluation;
  const outer: LayeredEvaluation = {
    ...evaluation,
    get activations() {
      return layered.activations;
    },
    backpropagate: (cotangents) => layered.backpropagate(byRow(cotangents)),
    ...(layered.approximateHessianDiagonal && { approximateHessianDiagonal: (loss) => layered.approximateHessianDiagonal!(inward(loss)) }),
  };
  return outer;
}
