import { knownOptions, positive, wholeNumber } from "../../errors.ts";
import { entriesAlong, entryValues, fixedAffine, freeAffine } from "./affine.ts";
import { copied, makeLayer, onlyInput, wrongShape, type Layer, type Operation, type OperationPass } from "./layer.ts";
import { sizeOf, type Shape } from "./shape.ts";
import { symmetricJacobian } from "./symmetric-jacobian.ts";

/**
 * Options of {@link layerNormalization}. Lists have one number for each entry of the normalised axes, row-major.
 *
 * @category Models
 */
export interface LayerNormalizationOptions {
  /** How many of the last axes are normalised together. Default 1. */
  readonly axes?: number;
  /** The factors $\gamma$ (in PyTorch `weight`). Default 1. */
  readonly scale?: ArrayLike<number>;
  /** The shifts $\beta$ (in PyTorch `bias`). Default 0. */
  readonly shift?: ArrayLike<number>;
  /** What is added to the variance. Default 1e-5, as in PyTorch and ONNX; TensorFlow's is 1e-3. */
  readonly epsilon?: number;
  /** Whether factors and shifts are parameters. Default false: they are constants. */
  readonly free?: boolean;
}

/**
 * Layer normalisation (Ba, Kiros & Hinton 2016), $y = \gamma \circ (x - m) / \sqrt{v + \varepsilon} + \beta$ with the mean m and the variance v (divisor L) of the L numbers along
 * the last axes of each example, at each place along the others.
 *
 * Factors and shifts are constants unless `free`, as in {@link batchNormalization}, which says why.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for other numbers of entries than the axes have, or more axes than the input.
 * @example
 * ```ts
 * import { forward, layerNormalization, network } from "laplace-ts";
 * const model = network([2], [layerNormalization()]);
 * console.log(forward(model, [[1, 3]]).to1DArray().map((y) => y.toFixed(3)).join(" ")); // -1.000 1.000
 * ```
 */
export function layerNormalization(given: LayerNormalizationOptions = {}): Layer {
  knownOptions("options", given, ["axes", "scale", "shift", "epsilon", "free"]);
  const options = copied(given);
  const { axes = 1, epsilon = 1e-5, free = false } = options;
  wholeNumber("axes", axes, 1);
  positive("epsilon", epsilon);
  return makeLayer("layerNormalization", [options], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    if (axes > shape.length) throw wrongShape(name, `at least ${axes} axes`, shape);
    const last = Array.from({ length: axes }, (_, a) => shape.length - axes + a);
    const width = sizeOf(last.map((axis) => shape[axis]));
    const normalized = makeLayer("normalized", [], () => normalization(shape, width, epsilon));
    const map = { shape, entries: entriesAlong(shape, last), scale: entryValues(name, "scale", options.scale, width, 1), shift: entryValues(name, "shift", options.shift, width, 0) };
    return [
      { name: "normalized", layer: normalized },
      { name: "", layer: makeLayer("affine", [], () => (free ? freeAffine(map) : fixedAffine(map))) },
    ];
  });
}

/** $y = (x - m) / s$ for every `width` numbers, with $s = \sqrt{v + \varepsilon}$. */
function normalization(shape: Shape, width: number, epsilon: number): Operation {
  return { shape, tensors: [], evaluate: ([x]) => normalizationPass(x, width, epsilon) };
}

function normalizationPass(x: Float64Array, width: number, epsilon: number): OperationPass {
  const y = new Float64Array(x.length);
  const inverse = new Float64Array(x.length / width);
  for (let r = 0, start = 0; start < x.length; r++, start += width) {
    const mean = average(x, start, width);
    let variance = 0;
    for (let i = start; i < start + width; i++) variance += (x[i] - mean) ** 2 / width;
    inverse[r] = 1 / Math.sqrt(variance + epsilon);
    for (let i = start; i < start + width; i++) y[i] = (x[i] - mean) * inverse[r];
  }

  /** v - mean(v) - y mean(y v), over s: the Jacobian is symmetric, so this is both J v and J' v. */
  const project = (v: Float64Array, into: Float64Array): void => {
    for (let r = 0, start = 0; start < v.length; r++, start += width) {
      const [mean, along] = [average(v, start, width), averageProduct(y, v, start, width)];
      for (let i = start; i < start + width; i++) into[i] += inverse[r] * (v[i] - mean - y[i] * along);
    }
  };
  return {
    outputs: y,
    ...symmetricJacobian(project),
    // With R{s} = mean(y R{x}): R{J u} = -R{s} / s J u - [R{y} mean(y u) + y mean(R{y} u)] / s.
    bend: (u, [change], _, [into]) => {
      if (change === undefined || into === undefined) return;
      const moved = new Float64Array(y.length);
      project(change, moved);
      for (let r = 0, start = 0; start < u.length; r++, start += width) {
        const stretch = averageProduct(y, change, start, width) * inverse[r];
        const [mean, along, movedAlong] = [average(u, start, width), averageProduct(y, u, start, width), averageProduct(moved, u, start, width)];
        for (let i = start; i < start + width; i++) into[i] -= inverse[r] * (stretch * (u[i] - mean - y[i] * along) + moved[i] * along + y[i] * movedAlong);
      }
    },
  };
}

function average(v: Float64Array, start: number, width: number): number {
  let sum = 0;
  for (let i = start; i < start + width; i++) sum += v[i];
  return sum / width;
}

function averageProduct(a: Float64Array, b: Float64Array, start: number, width: number): number {
  let sum = 0;
  for (let i = start; i < start + width; i++) sum += a[i] * b[i];
  return sum / width;
}
