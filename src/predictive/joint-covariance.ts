import type { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { allFinite } from "../errors.ts";
import { multiplyTransposedRight } from "../linalg/products.ts";
import { modelInputs, toMatrix } from "../model/derivatives.ts";
import { componentsOf, type Mixture } from "../posterior/mixture.ts";
import type { Posterior } from "../posterior/posterior.ts";

/**
 * The joint epistemic covariance of all outputs at all inputs, NK x NK: entry $(nK + k, mK + l)$ is the covariance of output $k$
 * at input $n$ with output $l$ at input $m$, $J P^{-1} J^\top$. Its diagonal is the `variance` that {@link predict} gives. With the outputs at the mode as its mean it is a
 * Gaussian process (Khan, Immer, Abedi & Korzepa 2019), of which {@link functionDraws} has draws.
 *
 * Of a {@link mixture} it is the average covariance and the covariance between the outputs at the modes, $\sum_i \pi_i \left[ J_i P_i^{-1} J_i^\top + (f_i - \bar f) (f_i - \bar f)^\top \right]$.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { gaussian, jointCovariance, laplace, mlp } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const posterior = await laplace(line, gaussian({ noise: 0.1 }), { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.2] });
 * const covariance = jointCovariance(posterior, [3, 4]);
 * console.log((covariance.get(0, 1) / Math.sqrt(covariance.get(0, 0) * covariance.get(1, 1))).toFixed(2)); // 0.99: far from the data, a line errs to one side
 * ```
 */
export function jointCovariance(posterior: Posterior | Mixture, inputs: MatrixLike): Matrix {
  return mixed(posterior, inputs, inputs, (component, table) => {
    const size = table.rows * component.model.outputs;
    const covariance = fitsWritten(size, component.model.parameters.length) ? byWhitening(component, table) : byOutput(component, table, table);
    // Rounding differs on the two sides of the diagonal where it is computed output by output.
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) covariance[i * size + j] = covariance[j * size + i] = 0.5 * (covariance[i * size + j] + covariance[j * size + i]);
    return covariance;
  });
}

/**
 * The epistemic covariance of the outputs at N inputs with those at M others, NK x MK: $J P^{-1} J'^\top$. What a new measurement at the one would tell of the other. Of a {@link mixture} it has, as
 * {@link jointCovariance}, the covariance between the outputs at the modes as well.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { crossCovariance, gaussian, laplace, mlp } from "laplace-ts";
 * const posterior = await laplace(mlp([1, 1], { parameters: [1, 0] }), gaussian({ noise: 0.1 }), { inputs: [-1, 1], targets: [-1, 1] });
 * const covariance = crossCovariance(posterior, [2, 3], [-2]);
 * console.log(covariance.rows, covariance.columns, covariance.get(0, 0) < 0); // 2 1 true
 * ```
 */
export function crossCovariance(posterior: Posterior | Mixture, inputs: MatrixLike, others: MatrixLike): Matrix {
  return mixed(posterior, inputs, others, byOutput);
}

/** The covariance of one posterior as it is; of several, with what their outputs at the modes differ by. */
function mixed(posterior: Posterior | Mixture, inputs: MatrixLike, others: MatrixLike, covarianceOf: (component: Posterior, inputs: Table, others: Table) => Float64Array): Matrix {
  const { posteriors, weights } = componentsOf(posterior);
  const parts = posteriors.map((component) => {
    const { model } = component;
    const [table, other] = [modelInputs(model, inputs), modelInputs(model, others, "others")];
    const covariance = allFinite("The covariance", covarianceOf(component, table, other));
    return { covariance, atInputs: model.evaluate(table).outputs.slice(), atOthers: model.evaluate(other).outputs.slice() };
  });
  const [{ covariance, atInputs, atOthers }] = parts;
  if (parts.length === 1) return toMatrix(covariance, atInputs.length, atOthers.length);
  const average = (of: (part: (typeof parts)[number]) => Float64Array): Float64Array => of(parts[0]).map((_, at) => parts.reduce((sum, part, i) => sum + weights[i] * of(part)[at], 0));
  const [meanAtInputs, meanAtOthers, total] = [average((part) => part.atInputs), average((part) => part.atOthers), average((part) => part.covariance)];
  parts.forEach((part, i) => {
    for (let a = 0, at = 0; a < meanAtInputs.length; a++) {
      const deviation = weights[i] * (part.atInputs[a] - meanAtInputs[a]);
      for (let b = 0; b < meanAtOthers.length; b++) total[at++] += deviation * (part.atOthers[b] - meanAtOthers[b]);
    }
  });
  return toMatrix(total, meanAtInputs.length, meanAtOthers.length);
}

/** Numbers that Jacobians may have to be written out: half a gigabyte for two of them. */
const MOST_WRITTEN = 2 ** 25;

function fitsWritten(rows: number, width: number): boolean {
  return rows * width <= MOST_WRITTEN;
}

/** V V' with V = J F. */
function byWhitening({ model, precision }: Posterior, inputs: Table): Float64Array {
  const size = inputs.rows * model.outputs;
  const whitened = precision.whiten(model.evaluate(inputs).jacobian());
  return multiplyTransposedRight(whitened, whitened, size, model.parameters.length, size);
}

/** Column by column J (P^-1 j'), in the memory of a few weight vectors. */
function byOutput({ model, precision }: Posterior, inputs: Table, others: Table): Float64Array {
  const { outputs } = model;
  const [count, columns] = [inputs.rows * outputs, others.rows * outputs];
  const evaluation = model.evaluate(inputs);
  const covariance = new Float64Array(count * columns);
  for (let m = 0; m < others.rows; m++) {
    const one = model.evaluate({ data: others.data.subarray(m * others.columns, (m + 1) * others.columns), rows: 1, columns: others.columns });
    for (let k = 0; k < outputs; k++) {
      const unit = Float64Array.from({ length: outputs }, (_, j) => (j === k ? 1 : 0));
      const column = evaluation.jacobianVectorProduct(precision.solve(one.vectorJacobianProduct(unit)));
      for (let i = 0; i < count; i++) covariance[i * columns + m * outputs + k] = column[i];
    }
  }
  return covariance;
}
