import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, knownOptions } from "../errors.ts";
import { columnScale } from "../model/standardized.ts";
import { diagonalBlocks } from "./diagonal-blocks.ts";
import { heteroscedasticPrediction, locationAndScale, mixedHeteroscedastic, type HeteroscedasticPrediction } from "./heteroscedastic-prediction.ts";
import type { Likelihood } from "./likelihood.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { remakeable } from "../recipe.ts";
import { rowSums, withoutNoise } from "./without-noise.ts";

/**
 * Numbers with Gaussian noise that depends on the input.
 *
 * @category Likelihoods
 */
export type HeteroscedasticLikelihood = Likelihood<HeteroscedasticPrediction>;

/**
 * Regression with noise that the model predicts as well (Nix & Weigend 1994). For K columns of targets the model has 2K outputs, first the means $m_k$,
 * then the log standard deviations $s_k$:
 * $$-\log p(t \mid m, s) = \tfrac12 (t - m)^2 e^{-2s} + s + \tfrac12 \log 2\pi.$$
 *
 * In these parameters the expected Hessian is diagonal and positive definite, $\mathrm{diag}(e^{-2s}, 2)$; {@link outerProduct} and
 * training go by it. The actual one has $2 (t - m)^2 e^{-2s}$ and off the diagonal $2 (t - m) e^{-2s}$; {@link exact} takes that.
 *
 * There is no noise scale left to re-estimate: the noise is learned with the weights, and the prior of the weights that lead to it says how much it
 * may vary. {@link fit} starts networks from the mean and spread of the targets.
 *
 * @category Likelihoods
 * @throws {@link InvalidArgumentError} when the model has an odd number of outputs or the targets not half as many columns.
 * @example
 * ```ts
 * import { fit, heteroscedastic, mlp, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 200 }, () => 2 * source.uniform());
 * const targets = inputs.map((x) => x + (0.1 + 0.5 * x) * source.normal()); // more noise to the right
 * const fitted = await fit(mlp([1, 2]), heteroscedastic(), { inputs, targets });
 * const { noiseVariance } = await fitted.predict([0, 2]);
 * console.log(noiseVariance.get(1, 0) > 4 * noiseVariance.get(0, 0)); // true
 * ```
 */
export function heteroscedastic(): HeteroscedasticLikelihood {
  const likelihood: HeteroscedasticLikelihood = {
    ...withoutNoise,
    name: "heteroscedastic",
    description: "gaussian, noise from the model",
    encode,
    outputsFor: ({ columns }) => 2 * columns,
    outputScale: (targets) => {
      const { shift, scale } = columnScale(targets);
      return { shift: Float64Array.of(...shift, ...scale.map(Math.log)), scale: Float64Array.of(...scale, ...scale.map(() => 1)) };
    },
    energy: (outputs, targets) => losses(outputs, targets).reduce((sum, value) => sum + value, 0),
    logDensity: (outputs, targets) => rowSums(losses(outputs, targets).map((value) => -value), targets.columns),
    gradient: (outputs, targets) => {
      const gradient = new Float64Array(outputs.length);
      visit(outputs, targets, (r, precision, mean, logNoise) => {
        gradient[mean] = -r * precision;
        gradient[logNoise] = 1 - r * r * precision;
      });
      return gradient;
    },
    hessian: (outputs, targets) => {
      const count = 2 * targets.columns;
      const hessian = new Float64Array(outputs.length * count);
      visit(outputs, targets, (r, precision, mean, logNoise) => {
        const [m, s] = [mean % count, logNoise % count];
        hessian[mean * count + m] = precision;
        hessian[mean * count + s] = hessian[logNoise * count + m] = 2 * r * precision;
        hessian[logNoise * count + s] = 2 * r * r * precision;
      });
      return hessian;
    },
    factor: (outputs, targets) => {
      const roots = new Float64Array(outputs.length).fill(Math.SQRT2);
      visit(outputs, targets, (_, __, mean, logNoise) => (roots[mean] = Math.exp(-outputs[logNoise])));
      const columns = 2 * targets.columns;
      return { data: diagonalBlocks(roots, columns), columns };
    },
    mix: mixedHeteroscedastic,
    draw: (outputs, target, source) => target.map((_, k) => outputs[k] + Math.exp(outputs[target.length + k]) * source.normal()),
    ...predicting((options: object) => {
      knownOptions("options", options, [], PREDICT_OPTIONS);
      return {
        keep: locationAndScale,
        make: (kept, rows, outputs) => heteroscedasticPrediction(kept, outputs / 2, (targets) => encode(targets, rows, outputs)),
      };
    }),
  };
  return remakeable(likelihood, "heteroscedastic");
}

/** Shows each target's residual and noise precision, and where its two outputs are. */
function visit(outputs: Float64Array, { data, columns }: Table, see: (residual: number, precision: number, mean: number, logNoise: number) => void): void {
  for (let i = 0; i < data.length; i++) {
    const mean = i + Math.floor(i / columns) * columns;
    see(data[i] - outputs[mean], Math.exp(-2 * outputs[mean + columns]), mean, mean + columns);
  }
}

/** -log p of each target. */
function losses(outputs: Float64Array, targets: Table): Float64Array {
  const values: number[] = [];
  visit(outputs, targets, (r, precision, _, logNoise) => values.push(0.5 * r * r * precision + outputs[logNoise] + 0.5 * Math.log(2 * Math.PI)));
  return Float64Array.from(values);
}

function encode(targets: MatrixLike, rows: number, outputs: number): Table {
  if (outputs % 2 === 1) throw new InvalidArgumentError({ argument: "model", expected: "two outputs for each column of targets, the means and then the log standard deviations", received: `${outputs} output${outputs === 1 ? "" : "s"}` });
  const table = toTable("targets", targets);
  if (table.rows === rows && table.columns === outputs / 2) return table;
  throw new InvalidArgumentError({ argument: "targets", expected: `${rows} x ${outputs / 2}, a row for each input and a column for each two outputs of the model`, received: `${table.rows} x ${table.columns}` });
}
