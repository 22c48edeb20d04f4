import { UnsupportedError, knownOptions, oneOf, wholeNumber } from "../errors.ts";
import type { Table } from "../data.ts";
import type { Likelihood, OutputFactor } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { random, type Random } from "../random.ts";
import { remakeable } from "../recipe.ts";

/**
 * Curvature of the form $H = \sum_n J_n^\top S_n S_n^\top J_n$: positive semidefinite whatever the weights.
 *
 * @category Curvature
 */
export interface FactorCurvature {
  /** Tells it from {@link ExactCurvature}. */
  readonly kind: "factor";
  /** For reports: `"outer product"`. */
  readonly name: string;
  /** How H grows with the noise precision: as $\beta$ to this power. */
  readonly noisePower: number;
  /** R, the most columns that S has for a model. */
  columns(model: Model): number;
  /** S, from the likelihood at a batch's outputs; `first` is the number of its first example among all, 0 unless given. */
  factor(likelihood: Likelihood, outputs: Float64Array, targets: Table, first?: number): OutputFactor;
  /** $\sum_n S_n S_n^\top$ over a batch, K x K, from likelihoods that have it without the factors. */
  sum?(likelihood: Likelihood, outputs: Float64Array, targets: Table): Float64Array | undefined;
}

/**
 * The Hessian itself: may be indefinite away from a mode.
 *
 * @category Curvature
 */
export interface ExactCurvature {
  /** Tells it from {@link FactorCurvature}. */
  readonly kind: "exact";
  /** For reports: `"exact Hessian"`. */
  readonly name: string;
  /** How $H$ grows with the noise precision: as $\beta$ to this power, 1. */
  readonly noisePower: number;
  /** Which diagonal a diagonal structure takes. */
  readonly diagonal: "exact" | "approximate";
}

/**
 * Which second-order matrix of the data error stands for its curvature.
 *
 * @category Curvature
 */
export type CurvatureKind = FactorCurvature | ExactCurvature;

/**
 * Options of {@link exact}.
 *
 * @category Curvature
 */
export interface ExactOptions {
  /**
   * For `diagonal()`: `"exact"` is the true diagonal (Ricotti et al. 1988), O(W^2) an example in the worst case;
   * `"approximate"` carries only diagonals from layer to layer (Becker & LeCun 1989), O(W) an example. Default `"exact"`.
   */
  readonly diagonal?: "exact" | "approximate";
}

/**
 * The exact Hessian of the data error, by extended backpropagation (Bishop 1992):
 * $$H = \sum_n \left[ J_n^\top \frac{\partial^2 E}{\partial f^2} J_n + \sum_k \frac{\partial E}{\partial f_k} \frac{\partial^2 f_k}{\partial w^2} \right].$$
 *
 * It is positive definite, with the prior added, only at a mode; elsewhere {@link laplace} throws a
 * {@link NotPositiveDefiniteError}.
 *
 * @category Curvature
 * @example
 * ```ts
 * import { exact, gaussian, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 2, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const bent = await laplace(model, likelihood, data, { prior, curvature: exact() });
 * const { logEvidence } = await laplace(model, likelihood, data, { prior });
 * console.log(`${bent.logEvidence.toFixed(1)}, and by the outer product ${logEvidence.toFixed(1)}`); // -3.9, and by the outer product -3.5
 * ```
 */
export function exact(options: ExactOptions = {}): ExactCurvature {
  knownOptions("options", options, ["diagonal"]);
  const diagonal = oneOf("diagonal", options.diagonal ?? "exact", ["exact", "approximate"]);
  const kind: ExactCurvature = { kind: "exact", name: "exact Hessian", noisePower: 1, diagonal };
  return remakeable(kind, "exact", () => ({ diagonal }));
}

/**
 * The outer product $H = \sum_n J_n^\top S_n S_n^\top J_n$, $S_n S_n^\top = \partial^2 E / \partial f^2$, also known as generalised Gauss-Newton (GGN): the Hessian of the model
 * linearised in its weights (Schraudolph 2002; Bishop 1995, section 4.10). Positive semidefinite everywhere; the default.
 * For the likelihoods here it equals the Fisher information.
 *
 * @category Curvature
 * @example
 * ```ts
 * import { exact, gaussian, laplace, mlp, outerProduct } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const data = { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.2] };
 * const [one, other] = await Promise.all([outerProduct(), exact()].map((curvature) => laplace(line, gaussian({ noise: 0.1 }), data, { curvature })));
 * console.log(Math.abs(one.logEvidence - other.logEvidence) < 1e-9); // true, as the model is linear in its weights
 * ```
 */
export function outerProduct(): FactorCurvature {
  const kind: FactorCurvature = {
    kind: "factor",
    name: "outer product",
    noisePower: 1,
    columns: ({ outputs }) => outputs,
    factor: (likelihood, outputs, targets) => likelihood.factor(outputs, targets),
    sum: (likelihood, outputs, targets) => likelihood.factorSum?.(outputs, targets),
  };
  return remakeable(kind, "outerProduct");
}

/**
 * The empirical Fisher information $H = \sum_n g_n g_n^\top$, with $g_n$ the gradient of example n's error. One column in place of K,
 * but a crude stand-in for curvature, since it grows with the residuals (Kunstner, Balles & Hennig 2019).
 *
 * @category Curvature
 * @example
 * ```ts
 * import { empiricalFisher, gaussian, laplace, mlp, outerProduct } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const data = { inputs: [0, 1, 2], targets: [0.01, 0.99, 2.01] };                 // a fit much closer than the noise of 0.1
 * const [one, other] = await Promise.all([empiricalFisher(), outerProduct()].map((curvature) => laplace(line, gaussian({ noise: 0.1 }), data, { curvature })));
 * console.log(one.marginalVariance[0] > 50 * other.marginalVariance[0]); // true, as the residuals are small
 * ```
 */
export function empiricalFisher(): FactorCurvature {
  const kind: FactorCurvature = {
    kind: "factor",
    name: "empirical Fisher",
    noisePower: 2,
    columns: () => 1,
    factor: (likelihood, outputs, targets) => ({ data: likelihood.gradient(outputs, targets), columns: 1 }),
  };
  return remakeable(kind, "empiricalFisher");
}

/**
 * Options of {@link monteCarloFisher}.
 *
 * @category Curvature
 */
export interface MonteCarloFisherOptions {
  /** Targets drawn for each example, each a column of S. Default 1. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * The Fisher information by Monte Carlo, $H = \frac1R \sum_n \sum_r g_{nr} g_{nr}^\top$ with $g_{nr}$ the gradient of example n's error at a target drawn from the model itself,
 * $t_{nr} \sim p(t \mid f(x_n))$ (Kunstner, Balles & Hennig 2019). Its mean is the Fisher information, for the likelihoods here the {@link outerProduct}, at the price of R backpropagations in
 * place of K: for many classes. The draws of an example depend on the seed and its number among the data, not on batches.
 *
 * @category Curvature
 * @throws {@link UnsupportedError} from {@link laplace} for a likelihood that cannot draw targets, as a {@link functionLikelihood} without `draw`.
 * @example
 * ```ts
 * import { categorical, kronecker, laplace, mlp, monteCarloFisher } from "laplace-ts";
 * const data = { inputs: [[0, 1], [1, 0], [1, 1]], targets: [0, 1, 2] };
 * const posterior = await laplace(mlp([2, 5, 3]), categorical(), data, { curvature: monteCarloFisher({ samples: 2 }), structure: kronecker() });
 * console.log(posterior.effectiveParameters > 0); // true
 * ```
 */
export function monteCarloFisher(options: MonteCarloFisherOptions = {}): FactorCurvature {
  knownOptions("options", options, ["samples", "seed"]);
  const samples = wholeNumber("samples", options.samples ?? 1, 1);
  const seed = options.seed ?? 0;
  random(seed);
  const kind: FactorCurvature = {
    kind: "factor",
    name: "Monte-Carlo Fisher",
    noisePower: 1,
    columns: () => samples,
    factor: (likelihood, outputs, targets, first = 0) => {
      const sources = Array.from({ length: targets.rows }, (_, n) => random((Math.abs(seed) % 2 ** 20) * 2 ** 32 + first + n));
      const data = new Float64Array(outputs.length * samples);
      for (let r = 0; r < samples; r++) {
        const gradient = likelihood.gradient(outputs, drawn(likelihood, outputs, targets, sources));
        for (let i = 0; i < gradient.length; i++) data[i * samples + r] = gradient[i] / Math.sqrt(samples);
      }
      return { data, columns: samples };
    },
  };
  return remakeable(kind, "monteCarloFisher", () => ({ samples, seed }));
}

function drawn(likelihood: Likelihood, outputs: Float64Array, { data, rows, columns }: Table, sources: readonly Random[]): Table {
  if (likelihood.draw === undefined) throw new UnsupportedError(`monteCarloFisher(): the ${likelihood.name} likelihood cannot draw targets. Use outerProduct(), or give it a draw().`);
  const count = outputs.length / rows;
  const targets = new Float64Array(data.length);
  for (let n = 0; n < rows; n++) targets.set(likelihood.draw(outputs.subarray(n * count, (n + 1) * count), data.subarray(n * columns, (n + 1) * columns), sources[n]), n * columns);
  return { data: targets, rows, columns };
}
