import { knownOptions } from "../../errors.ts";
import { makeLayer, onlyInput, type Layer, type OperationPass } from "./layer.ts";
import { aroundAxis, checkedAxis } from "./shape.ts";
import { symmetricJacobian } from "./symmetric-jacobian.ts";

/**
 * The softmax along an axis, $y_i = e^{x_i} / \sum_j e^{x_j}$, as attention needs it inside a network.
 *
 * At the end of a classifier it has no place: {@link categorical} has the softmax in it, and wants the logits that come before.
 *
 * @category Models
 * @param options - `axis`: along which the outputs add up to 1; default -1, the last.
 * @example
 * ```ts
 * import { forward, network, softmaxLayer } from "laplace-ts";
 * const model = network([2], [softmaxLayer()]);
 * console.log(forward(model, [[1, 1]]).to1DArray()); // [ 0.5, 0.5 ]
 * ```
 */
export function softmaxLayer(options: { readonly axis?: number } = {}): Layer {
  knownOptions("options", options, ["axis"]);
  return makeLayer("softmax", [options], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const { along, after } = aroundAxis(shape, checkedAxis(`${name}: axis`, options.axis ?? -1, shape));
    return { shape, tensors: [], evaluate: ([x]) => softmaxPass(x, along, after) };
  });
}

/** Lines of `along` numbers, `step` apart. */
function softmaxPass(x: Float64Array, along: number, step: number): OperationPass {
  const y = new Float64Array(x.length);
  const overLines = (visit: (start: number, end: number) => void): void => {
    for (let block = 0; block < x.length; block += along * step) for (let start = block; start < block + step; start++) visit(start, start + along * step);
  };
  overLines((start, end) => {
    let largest = -Infinity;
    for (let i = start; i < end; i += step) largest = Math.max(largest, x[i]);
    let sum = 0;
    for (let i = start; i < end; i += step) sum += y[i] = Math.exp(x[i] - largest);
    for (let i = start; i < end; i += step) y[i] /= sum;
  });
  const expectation = (v: Float64Array, start: number, end: number): number => {
    let sum = 0;
    for (let i = start; i < end; i += step) sum += y[i] * v[i];
    return sum;
  };
  /** y (v - y'v): the Jacobian is symmetric. */
  const project = (v: Float64Array, into: Float64Array): void =>
    overLines((start, end) => {
      const mean = expectation(v, start, end);
      for (let i = start; i < end; i += step) into[i] += y[i] * (v[i] - mean);
    });
  return {
    outputs: y,
    ...symmetricJacobian(project),
    // R{y (u - y'u)} = R{y} (u - y'u) - y R{y}'u, with R{y} = y (R{x} - y'R{x}).
    bend: (u, [change], _, [into]) => {
      if (change === undefined || into === undefined) return;
      overLines((start, end) => {
        const [mean, drift] = [expectation(u, start, end), expectation(change, start, end)];
        let covariance = 0;
        for (let i = start; i < end; i += step) covariance += y[i] * (change[i] - drift) * u[i];
        for (let i = start; i < end; i += step) into[i] += y[i] * ((change[i] - drift) * (u[i] - mean) - covariance);
      });
    },
  };
}
