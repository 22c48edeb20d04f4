import type { Table } from "../data.ts";

/**
 * A named stretch of the parameter vector: one weight matrix or one bias vector.
 *
 * @category Models
 */
export interface ParameterTensor {
  /** For example `"layer1.weights"`. */
  readonly name: string;
  /** Which layer it belongs to, from 0. */
  readonly layer: number;
  /** Whether these multiply activations or are added to them. */
  readonly role: "weights" | "biases";
  /** Index of its first entry in the parameter vector. */
  readonly offset: number;
  /** Outputs of the layer. */
  readonly rows: number;
  /** Inputs of the layer for weights, 1 for biases. */
  readonly columns: number;
}

/**
 * First and second derivatives of a loss with respect to the outputs of a model, example by example: what carries a loss
 * on f into second derivatives with respect to w.
 *
 * @category Models
 */
export interface OutputDerivatives {
  /** N x K: $\partial E / \partial f$. */
  readonly gradient: Float64Array;
  /** N x K x K: $\partial^2 E / \partial f \partial f^\top$. */
  readonly hessian: Float64Array;
}

/**
 * A differentiable function $f(x; w)$ with its weights: whatever is to be made Bayesian.
 *
 * {@link mlp} makes one from layer sizes and {@link functionModel} from any function of a weight vector; a model written by
 * hand implements this interface, and everything that does not need layers works with it.
 *
 * @category Models
 */
export interface Model {
  /** The W parameters as one flat vector, layer by layer, weights (outputs x inputs, row-major) and then biases. */
  readonly parameters: Float64Array;
  /** Columns that the inputs must have; undefined if any number will do. */
  readonly inputs: number | undefined;
  /** K, the number of outputs. */
  readonly outputs: number;
  /** The named parts of the parameter vector, in order and without gaps. */
  readonly tensors: readonly ParameterTensor[];
  /** The same model with other parameters. */
  withParameters(parameters: Float64Array): this;
  /** The model at a batch of inputs: outputs now, derivatives on request. */
  evaluate(inputs: Table): Evaluation;
}

/**
 * A model at a batch of N inputs. Derivatives are with respect to the parameters, at the model's parameters.
 *
 * @category Models
 */
export interface Evaluation {
  /** N x K: $f(x_n; w)$. */
  readonly outputs: Float64Array;
  /** N K x W: rows $J_{nk} = \partial f_k(x_n) / \partial w$. */
  jacobian(): Float64Array;
  /** N R x W: rows $S_n^\top J_n$, for a factor $S$ of N x K x R; `jacobian()` is the case $S_n = I$. */
  scaledJacobian(factor: Float64Array, columns: number): Float64Array;
  /** N x K: $J_n v$, the change of the outputs along a direction $v$ in weight space. */
  jacobianVectorProduct(direction: Float64Array): Float64Array;
  /** W: $\sum_n J_n^\top u_n$ for cotangents $u$ of N x K; with $u = \partial E / \partial f$, the gradient of the loss. */
  vectorJacobianProduct(cotangents: Float64Array): Float64Array;
  /** W: $H v$, with $H$ the exact Hessian of the loss in $w$. */
  hessianVectorProduct(loss: OutputDerivatives, direction: Float64Array): Float64Array;
  /** W x W: the exact Hessian $H = \sum_n \left[ J_n^\top \frac{\partial^2 E}{\partial f^2} J_n + \sum_k \frac{\partial E}{\partial f_k} \frac{\partial^2 f_k}{\partial w^2} \right]$. */
  hessian(loss: OutputDerivatives): Float64Array;
  /** W: the diagonal of the exact Hessian. */
  hessianDiagonal(loss: OutputDerivatives): Float64Array;
}

/**
 * A model that shows its layers: the activations that go into each and the errors that come back. With these, diagonals, Kronecker factors and the variances that follow from them need no Jacobian of
 * the whole. {@link mlp} makes one of dense layers, {@link network} of any.
 *
 * @category Models
 */
export interface LayeredModel extends Model {
  /** The layers that have parameters, from the input on. */
  readonly layers: readonly LayerShape[];
  /** Whether they make up a chain: each a dense layer, of the activation of the one before it, and the last gives the outputs, perhaps through an activation. Default true. */
  readonly chained?: boolean;
  evaluate(inputs: Table): LayeredEvaluation;
}

/**
 * Where the parameters of a layer are that is a linear map $a = W z + b$: a dense layer, or one that shares its weights, the same map at P positions of an example, in G groups of inputs and outputs of their own. A
 * convolution is one, with $z_p$ the patch that its window sees at place p. A layer of another kind stands as a map of the constant input $z = 1$, whose weights are all its parameters and whose deltas the derivatives along them.
 *
 * @category Models
 */
export interface LayerShape {
  /** Number of inputs of the layer, at one position of one group. */
  readonly inputs: number;
  /** Number of units of the layer, at one position of one group. */
  readonly outputs: number;
  /** P. Default 1. */
  readonly positions?: number;
  /** G. Default 1. */
  readonly groups?: number;
  /** What its inputs are to the model, if it takes the inputs of the model as they are. Default: nothing is known, except that the first layer of a chain does. */
  readonly features?: InputFeatures;
  /** Whether flipping the signs of all weights into and out of a unit leaves the function as it is, as for tanh. */
  readonly signSymmetric: boolean;
  /** Its weight matrix, outputs x inputs; with groups, theirs one below the other. */
  readonly weights: ParameterTensor;
  /** Its biases, if it has any; where weights are shared, right behind these. */
  readonly biases: ParameterTensor | undefined;
}

/**
 * Inputs of a model by what they mean: columns, or channels of images.
 *
 * @category Models
 */
export interface InputFeatures {
  /** What one is called. */
  readonly name: "input" | "channel";
  /** How many there are. */
  readonly count: number;
  /** Which of them the weight in a row and a column of the layer's weights multiplies. */
  of(row: number, column: number): number;
}

/**
 * A layered model at a batch of inputs.
 *
 * @category Models
 */
export interface LayeredEvaluation extends Evaluation {
  /** For each layer, N x inputs: what its weights multiply; where they are shared, N P x G inputs. */
  readonly activations: readonly Float64Array[];
  /** For each layer, N x outputs: deltas $\partial (u \cdot f) / \partial a$, with $a$ the layer's pre-activations, for cotangents u of N x K; where weights are shared, N P x G outputs. */
  backpropagate(cotangents: Float64Array): readonly Float64Array[];
  /**
   * W: the diagonal of the Hessian as Becker and LeCun (1989) approximate it: curvature is carried back through each layer
   * by its diagonal alone, O(W) an example. Exact where one hidden layer follows a loss with a diagonal output Hessian. For chains of dense layers.
   */
  approximateHessianDiagonal?(loss: OutputDerivatives): Float64Array;
}

/** Whether a model shows its layers. */
export function isLayered(model: Model): model is LayeredModel {
  return "layers" in model;
}

/** Whether a model is a chain of dense layers. */
export function isChain(model: Model): model is LayeredModel {
  return isLayered(model) && model.chained !== false;
}
