import type { Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";
import { remakeable } from "../recipe.ts";
import type { Evaluation, Model, OutputDerivatives } from "./model.ts";

/**
 * A model of differences; see {@link pairwise}.
 *
 * @category Models
 */
export interface PairwiseModel<M extends Model = Model> extends Model {
  /** The model of one item. */
  readonly each: M;
}

/**
 * The difference $f(a; w) - f(b; w)$ of a model's outputs at two items, with the same weights. Each row of inputs is a pair: the columns of a and then those of b.
 *
 * With {@link bernoulli} this is the model of Bradley and Terry (1952) for preferences: each item has a worth $f$, and a is preferred to b with probability
 * $$p(a \succ b) = \sigma\left( f(a) - f(b) \right) = \frac{e^{f(a)}}{e^{f(a)} + e^{f(b)}}.$$
 * Targets are 1 where the first item of the pair was preferred. A worth is only defined up to a constant; the worth of a beyond that of b, with its
 * variance, is the `logit` of the pair. For items without features, let the inputs be one-hot and the model linear.
 *
 * Layers are not shown, since a pair passes them twice: take {@link full} or {@link diagonal}. {@link fit} takes a prior {@link perLayer} and does not standardise: inputs should be of
 * the size of 1.
 *
 * @category Models
 * @example
 * ```ts
 * import { bernoulli, laplace, mlp, pairwise, predict, train } from "laplace-ts";
 * // Three players, one-hot: the first beat the second, the second the third, twice each.
 * const [ann, bob, eve] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
 * const games = { inputs: [[...ann, ...bob], [...ann, ...bob], [...bob, ...eve], [...bob, ...eve]], targets: [1, 1, 1, 1] };
 * const { model, likelihood, prior } = await train(pairwise(mlp([3, 1], { biases: false })), bernoulli(), games);
 * const { probability } = await predict(await laplace(model, likelihood, games, { prior }), [[...ann, ...eve], [...eve, ...ann]]);
 * console.log(probability.get(0, 0).toFixed(2), probability.get(1, 0).toFixed(2)); // 0.75 0.25
 * ```
 */
export function pairwise<M extends Model>(model: M): PairwiseModel<M> {
  const differences: PairwiseModel<M> = {
    each: model,
    parameters: model.parameters,
    inputs: model.inputs === undefined ? undefined : 2 * model.inputs,
    outputs: model.outputs,
    tensors: model.tensors,
    withParameters: (parameters) => pairwise(model.withParameters(parameters)),
    evaluate: (inputs) => evaluate(model, inputs),
  };
  return remakeable(differences, "pairwise", () => ({ model }));
}

/** Whether a model is one of differences. */
export function isPairwise(model: Model): model is PairwiseModel {
  return "each" in model;
}

function evaluate(model: Model, pairs: Table): Evaluation {
  if (pairs.columns % 2 === 1) throw new InvalidArgumentError({ argument: "inputs", expected: "an even number of columns, those of one item and then those of the other", received: `${pairs.columns}` });
  const inner = model.evaluate(apart(pairs));
  const width = model.parameters.length;
  const count = model.outputs;
  const jacobian = (): Float64Array => difference(inner.jacobian());
  const jacobianVectorProduct = (direction: Float64Array): Float64Array => difference(inner.jacobianVectorProduct(direction));
  const vectorJacobianProduct = (cotangents: Float64Array): Float64Array => inner.vectorJacobianProduct(opposite(cotangents));
  /** The loss as far as the model itself bends: its Hessian couples the two items, and is taken apart below. */
  const bending = ({ gradient }: OutputDerivatives): OutputDerivatives => ({ gradient: opposite(gradient), hessian: new Float64Array(2 * gradient.length * count) });
  return {
    outputs: difference(inner.outputs),
    jacobian,
    scaledJacobian: (factor, columns) => difference(inner.scaledJacobian(twice(factor), columns)),
    jacobianVectorProduct,
    vectorJacobianProduct,
    hessianVectorProduct: (loss, direction) => sum(inner.hessianVectorProduct(bending(loss), direction), vectorJacobianProduct(timesBlocks(loss.hessian, jacobianVectorProduct(direction), count, 1))),
    hessian: (loss) => {
      const j = jacobian();
      const hj = timesBlocks(loss.hessian, j, count, width);
      const hessian = inner.hessian(bending(loss)).slice();
      for (let row = 0; row < j.length; row += width) {
        for (let a = 0; a < width; a++) for (let b = 0; b < width; b++) hessian[a * width + b] += j[row + a] * hj[row + b];
      }
      return hessian;
    },
    hessianDiagonal: (loss) => {
      const j = jacobian();
      const diagonal = inner.hessianDiagonal(bending(loss)).slice();
      timesBlocks(loss.hessian, j, count, width).forEach((value, i) => (diagonal[i % width] += j[i] * value));
      return diagonal;
    },
  };
}

/** The first items of all pairs, and then the second ones. */
function apart({ data, rows, columns }: Table): Table {
  const half = columns / 2;
  const items = new Float64Array(data.length);
  for (let n = 0; n < rows; n++) {
    items.set(data.subarray(n * columns, n * columns + half), n * half);
    items.set(data.subarray(n * columns + half, (n + 1) * columns), (rows + n) * half);
  }
  return { data: items, rows: 2 * rows, columns: half };
}

/** What belongs to the first items less what belongs to the second. */
function difference(values: Float64Array): Float64Array {
  const half = values.length / 2;
  return Float64Array.from({ length: half }, (_, i) => values[i] - values[half + i]);
}

function twice(values: Float64Array): Float64Array {
  const both = new Float64Array(2 * values.length);
  both.set(values);
  both.set(values, values.length);
  return both;
}

/** Cotangents of the difference, for the first items and for the second. */
function opposite(values: Float64Array): Float64Array {
  const both = twice(values);
  for (let i = values.length; i < both.length; i++) both[i] = -both[i];
  return both;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}

/** N blocks of K x K times N tables of K x C. */
function timesBlocks(blocks: Float64Array, tables: Float64Array, count: number, columns: number): Float64Array {
  const result = new Float64Array(tables.length);
  for (let row = 0; row < tables.length / columns; row++) {
    const first = row - (row % count);
    for (let l = 0; l < count; l++) for (let c = 0; c < columns; c++) result[row * columns + c] += blocks[row * count + l] * tables[(first + l) * columns + c];
  }
  return result;
}
