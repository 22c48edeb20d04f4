import { outerProduct, type CurvatureKind } from "../curvature/curvature.ts";
import { UnsupportedError, knownOptions, madeBy, positive } from "../errors.ts";
import { checkModelled } from "../likelihood/examples.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { isLayered, type Model } from "../model/model.ts";
import { isotropic } from "../prior/isotropic.ts";
import type { Prior } from "../prior/prior.ts";
import type { SharedJobOptions } from "../progress.ts";
import { full } from "../structure/full.ts";
import { checkCoupling } from "../structure/posterior-precision.ts";
import type { Structure } from "../structure/structure.ts";
import { addDataTerms, dataTerm, type DataSource } from "./data-term.ts";
import { PRIORS, Posterior, checkedPosterior, rebuilt, settled } from "./posterior.ts";

/**
 * Options of {@link laplace}.
 *
 * @category Posterior
 */
export interface LaplaceOptions extends SharedJobOptions {
  /** Which second-order matrix stands for the curvature. Default {@link outerProduct}. */
  readonly curvature?: CurvatureKind;
  /** Which of its entries are kept. Default {@link full}. */
  readonly structure?: Structure;
  /** The prior over the weights, the one that the model was trained with. That of {@link posteriorAsPrior} asks for the structure it comes from. Default `isotropic(1)`. */
  readonly prior?: Prior;
  /** T in $P = H / T + A$. Default 1. */
  readonly temperature?: number;
  /** Most bytes that curvature and precision may take. Default 1 GiB, which {@link full} fills with 8,192 parameters, or in function space with some 5,000 target values. */
  readonly memoryBudget?: number;
}

/** Bytes that curvature and precision may take unless told otherwise: factorising more takes minutes. */
export const MEMORY_BUDGET = 2 ** 30;

const OPTIONS = ["curvature", "structure", "prior", "temperature", "memoryBudget", "workers", "signal", "onProgress"];

/**
 * The Laplace approximation of the posterior over a model's weights (MacKay 1992b): a Gaussian at the weights as they are,
 * with precision $P = H / T + A$ from the curvature $H$ of the data error and the precision $A$ of the prior:
 * $$p(w \mid D) \approx \mathcal N(w_\mathrm{MAP}, P^{-1}).$$
 *
 * The weights should be at the mode, as {@link train} leaves them; {@link Posterior.gradientNorm} tells how near they are.
 * With a Gaussian likelihood whose noise is left open, the noise is that of the residuals; {@link maximizeEvidence}
 * re-estimates it.
 *
 * @category Posterior
 * @param data - `{ inputs, targets }`, or an iterable or async iterable of such batches.
 * @throws {@link InvalidArgumentError} for data, options or shapes that do not fit; {@link NotPositiveDefiniteError} when exact
 * curvature is taken away from a mode; {@link UnsupportedError} when the structure would exceed the memory budget.
 * @example
 * ```ts
 * import { gaussian, isotropic, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.1 }), data, { prior: isotropic(1) });
 * const posterior = await laplace(model, likelihood, data, { prior });
 * console.log(posterior.logEvidence.toFixed(2)); // -2.63
 * ```
 */
export async function laplace<M extends Model, L extends Likelihood>(model: M, likelihood: L, data: DataSource, options: LaplaceOptions = {}): Promise<Posterior<M, L>> {
  knownOptions("options", options, OPTIONS);
  checkModelled(model, likelihood);
  const { curvature, structure, withinBudget } = approximation(model, options);
  const prior = madeBy(PRIORS, "prior", options.prior ?? isotropic(), "bind").bind(model);
  checkCoupling(prior, structure.name);
  const temperature = positive("temperature", options.temperature ?? 1);

  const term = await dataTerm({ model, likelihood, curvature, structure }, data, options, withinBudget);
  return new Posterior({ model, likelihood: settled(likelihood, term.energy, term.examples * model.outputs), prior, curvature, structure, temperature, data: term });
}

/** The curvature and structure that the options choose, checked, and what says whether they fit the memory budget for so many examples. */
export function approximation(model: Model, options: Pick<LaplaceOptions, "curvature" | "structure" | "memoryBudget">): { readonly curvature: CurvatureKind; readonly structure: Structure; readonly withinBudget: (examples: number) => void } {
  const curvature = madeBy("exact(), outerProduct(), monteCarloFisher() or empiricalFisher()", "curvature", options.curvature ?? outerProduct(), "kind");
  const structure = madeBy("full(), kronecker(), blockDiagonal(), lowRank() or diagonal()", "structure", options.structure ?? full(), "curvature");
  const budget = positive("memoryBudget", options.memoryBudget ?? MEMORY_BUDGET);
  return {
    curvature,
    structure,
    withinBudget: (examples) => {
      const bytes = structure.bytes(model, curvature, examples);
      if (bytes <= budget) return;
      const written = (value: number): string => (value < 1e9 ? `${(value / 1e6).toPrecision(3)} MB` : `${(value / 1e9).toPrecision(3)} GB`);
      const enough = roundedUp(bytes);
      throw new UnsupportedError(`structure: ${structure.name} curvature of ${model.parameters.length} parameters and ${examples} examples takes ${written(bytes)}, more than memoryBudget, ${written(budget)}. Use a structure that keeps less, ${isLayered(model) ? "as kronecker() or diagonal(), or lastLayer(model)" : "as diagonal(), or subnetwork(model, ...)"}; or if the machine has the memory, pass memoryBudget: ${enough.toExponential().replace("+", "")} (bytes).`);
    },
  };
}

/** The next number of two digits. */
function roundedUp(bytes: number): number {
  const unit = 10 ** (Math.floor(Math.log10(bytes)) - 1);
  return Math.ceil(bytes / unit) * unit;
}

/**
 * The posterior with more data, at the same weights, prior and noise: the same as from all data in one go. Where much is new,
 * train again, since the mode moves.
 *
 * @category Posterior
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, withMoreData } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const monday = await laplace(line, gaussian({ noise: 0.1 }), { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] });
 * const both = await withMoreData(monday, { inputs: [3, 4], targets: [3.1, 3.9] });
 * console.log(both.data.examples, both.marginalVariance[0] < monday.marginalVariance[0]); // 5 true
 * ```
 */
export async function withMoreData<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, data: DataSource, options: SharedJobOptions & Pick<LaplaceOptions, "memoryBudget"> = {}): Promise<Posterior<M, L>> {
  knownOptions("options", options, ["workers", "signal", "onProgress", "memoryBudget"]);
  const { model, curvature, structure, likelihood } = checkedPosterior(posterior);
  const { withinBudget } = approximation(model, { curvature, structure, ...options });
  const more = await dataTerm({ model, likelihood, curvature, structure }, data, options, withinBudget, posterior.data.examples);
  return rebuilt(posterior, { data: addDataTerms(posterior.data, more) });
}
