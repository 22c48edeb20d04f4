import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Data } from "../../src/data.ts";
import type { Model } from "../../src/model/model.ts";
import { plainPass, textbook, type PlainNetwork } from "./plain-network.ts";
import { differences } from "./sixth-order-differences.ts";
import type { TextbookLikelihood } from "./textbook-likelihoods.ts";

/** A model, a likelihood and data, with model and likelihood written out a second time as their definitions have them. */
export interface Twin {
  readonly model: Model;
  readonly textbook: TextbookLikelihood;
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  /** f(x; w) for one example. */
  readonly outputs: (weights: ArrayLike<number>, input: readonly number[]) => number[];
  /** Layers and activations, where the model is a network. */
  readonly plain?: PlainNetwork;
  /** What these layers see of an input, where earlier layers are frozen. */
  readonly features?: (input: readonly number[]) => number[];
  /** Its layers, where they share weights. */
  readonly shared?: SharedLayers;
}

/** Layers that are the same linear map at several positions. */
export interface SharedLayers {
  /** In the order of the parameters, weights and then biases. */
  readonly layers: readonly {
    readonly units: number;
    readonly biases: boolean;
    /** What the weights multiply at each position. */
    readonly patches: (weights: ArrayLike<number>, input: readonly number[]) => number[][];
  }[];
  /** f(x; w) with numbers added to what each layer gives: those of the first layer first, position by position, unit by unit. */
  readonly shifted: (weights: ArrayLike<number>, input: readonly number[], shifts: ArrayLike<number>) => number[];
}

/** The data of a twin, for the library. */
export function dataOf({ inputs, targets }: Twin, from = 0, to = inputs.length): Data {
  return { inputs: inputs.slice(from, to), targets: targets.slice(from, to) };
}

/** The outputs of all examples: N x K. */
function twinOutputs({ model, inputs, outputs }: Twin, weights: ArrayLike<number> = model.parameters): number[][] {
  return inputs.map((input) => outputs(weights, input));
}

/** df/dw by central differences: NK x W. */
export function twinJacobian(twin: Twin): Matrix {
  const { model, inputs } = twin;
  return Matrix.from1DArray(inputs.length * model.outputs, model.parameters.length, differences((w) => twinOutputs(twin, w).flat(), model.parameters));
}

/** log p(D | w) at the weights. */
export function twinLogLikelihood(twin: Twin, weights: ArrayLike<number> = twin.model.parameters): number {
  return twinOutputs(twin, weights).reduce((sum, f, n) => sum + twin.textbook.logDensity(f, twin.targets[n]), 0);
}

/** sum_n J_n' (d2E/df2) J_n, or where they differ with the expected d2E/df2. */
export function twinOuterProduct(twin: Twin): Matrix {
  return sumOverExamples(twin, (j, f, t) => j.transpose().mmul(new Matrix(twin.textbook.information?.(f) ?? twin.textbook.hessian(f, t))).mmul(j));
}

/** sum_n g_n g_n'. */
export function twinEmpiricalFisher(twin: Twin): Matrix {
  return sumOverExamples(twin, (j, f, t) => {
    const g = j.transpose().mmul(Matrix.columnVector(twin.textbook.gradient(f, t)));
    return g.mmul(g.transpose());
  });
}

const hessians = new WeakMap<Twin, Matrix>();

/** -d2 log p(D | w) / dw2, by differences of differences; kept, since it takes long. */
export function twinHessian(twin: Twin): Matrix {
  const h = hessians.get(twin) ?? differencesOfDifferences(twin);
  hessians.set(twin, h);
  return h.clone();
}

function differencesOfDifferences(twin: Twin): Matrix {
  const { parameters } = twin.model;
  const gradient = (w: Float64Array): Float64Array => differences((u) => [-twinLogLikelihood(twin, u)], w, 5e-3);
  const h = Matrix.from1DArray(parameters.length, parameters.length, differences(gradient, parameters, 5e-3));
  return h.add(h.transpose()).div(2);
}

/**
 * The diagonal of the Hessian as Becker and LeCun (1989) carry it back, unit by unit:
 * d2E/da_i^2 = h'(a_i)^2 sum_k w_ki^2 d2E/da_k^2 + h''(a_i) dE/dz_i, and d2E/dw_ji^2 = d2E/da_j^2 z_i^2.
 */
export function twinApproximateDiagonal(twin: Twin): Matrix {
  const { model, plain, textbook: likelihood } = twin;
  if (plain === undefined) throw new Error("a network is needed");
  const diagonal = new Float64Array(model.parameters.length);
  twin.inputs.forEach((input, n) => {
    const { preactivations, values } = plainPass(plain, model.parameters, twin.features?.(input) ?? input);
    const f = values[values.length - 1];
    let slope = likelihood.gradient(f, twin.targets[n]);
    let bend = likelihood.hessian(f, twin.targets[n]).map((row, k) => row[k]);
    let end = diagonal.length;
    for (let l = plain.activations.length - 1; l >= 0; l--) {
      const [inputs, outputs] = [plain.sizes[l], plain.sizes[l + 1]];
      const first = preactivations[l].map((a) => derivative(textbook[plain.activations[l]], a));
      const second = preactivations[l].map((a) => derivative((b) => derivative(textbook[plain.activations[l]], b), a));
      bend = bend.map((value, j) => first[j] ** 2 * value + second[j] * slope[j]);
      slope = slope.map((value, j) => first[j] * value);
      const start = end - outputs * (inputs + (plain.biases ? 1 : 0));
      const weight = (j: number, i: number): number => start + j * inputs + i;
      for (let j = 0; j < outputs; j++) {
        for (let i = 0; i < inputs; i++) diagonal[weight(j, i)] += bend[j] * values[l][i] ** 2;
        if (plain.biases) diagonal[start + outputs * inputs + j] += bend[j];
      }
      const [slopes, bends] = [slope, bend];
      slope = values[l].map((_, i) => slopes.reduce((sum, value, j) => sum + model.parameters[weight(j, i)] * value, 0));
      bend = values[l].map((_, i) => bends.reduce((sum, value, j) => sum + model.parameters[weight(j, i)] ** 2 * value, 0));
      end = start;
    }
  });
  return Matrix.diag(Array.from(diagonal));
}

/** Eigenvalues of a symmetric matrix, ascending, by ml-matrix. */
export function eigenvalues(matrix: Matrix): number[] {
  return new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues.sort((a, b) => a - b);
}

function derivative(h: (a: number) => number, a: number): number {
  return differences(([b]) => [h(b)], [a], 5e-3)[0];
}

function sumOverExamples(twin: Twin, term: (jacobian: Matrix, f: number[], t: readonly number[]) => Matrix): Matrix {
  const { outputs, parameters } = twin.model;
  const jacobian = twinJacobian(twin);
  const sum = Matrix.zeros(parameters.length, parameters.length);
  twinOutputs(twin).forEach((f, n) => sum.add(term(jacobian.subMatrix(n * outputs, (n + 1) * outputs - 1, 0, parameters.length - 1), f, twin.targets[n])));
  return sum;
}
