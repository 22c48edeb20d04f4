import { UnsupportedError, knownOptions } from "../errors.ts";
import { isChain, type LayerShape } from "../model/model.ts";
import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { isHeld, priorPrecision } from "../prior/prior.ts";

/**
 * The log evidence, term by term.
 *
 * @category Evidence
 */
export interface EvidenceTerms {
  /** $\frac1T \log p(D \mid w_\mathrm{MAP})$: how well the best fit explains the data. */
  readonly logLikelihood: number;
  /** $-\frac12 (w - w_0)^\top A (w - w_0)$: how likely the prior held the weights. */
  readonly logPriorExponent: number;
  /** $-\frac12 [ \log\det P - \log\det A ]$: the volume that the data left of the prior's. */
  readonly logVolumeRatio: number;
  /** The log Occam factor, the sum of the last two: the price of flexibility (MacKay 1992a). */
  readonly logOccamFactor: number;
  /** The sum, $\log p(D \mid \text{hyperparameters})$: what {@link Posterior.logEvidence} gives. */
  readonly logEvidence: number;
  /** $\sum_l (\log M_l! + M_l \log 2)$ over hidden layers of $M_l$ tanh units: equivalent modes. Undefined unless asked for. */
  readonly logSymmetries?: number;
  /** $\frac12 \sum_g \log\frac2{\gamma_g} + \frac12 \log\frac{2T}{NK - p T \gamma}$: how sharply the data fix alpha and beta. Undefined unless asked for. */
  readonly logHyperparameterOccamFactor?: number;
  /** The log evidence with the optional terms that were asked for. */
  readonly total: number;
}

/**
 * Which optional terms {@link evidence} adds.
 *
 * @category Evidence
 */
export interface EvidenceOptions {
  /**
   * The modes that are equivalent by symmetry: permuting the M units of a hidden layer, and for tanh units flipping their
   * signs. Default false. For other units only the permutations count. The prior must leave the modes equivalent: the same precisions
   * and means for all units of a hidden layer, and where signs flip, a mean of zero.
   */
  readonly symmetries?: boolean;
  /**
   * The Occam factors of the hyperparameters, from the widths $\sqrt{2 / \gamma_g}$ and $\sqrt{2T / (NK - p T \gamma)}$ of the evidence in
   * $\log\alpha_g$ and $\log\beta$, for curvature that grows as $\beta^p$: 1, or 2 for the empirical Fisher (MacKay 1992a; Bishop 1995, section
   * 10.6). This is MacKay's approximation, not the exact curvature: it neglects that $\gamma$ itself changes with $\alpha$ and $\beta$,
   * little where the data determine each parameter either well or hardly at all. It is up to a constant for each hyperparameter,
   * $\log(\sqrt{2 \pi} / R)$ with $R$ the range of its logarithm before the data: between models with different numbers of them, add it. It is meant
   * at the evidence's maximum. Hyperparameters that are fixed have none. Default false.
   */
  readonly hyperparameters?: boolean;
}

/**
 * The log evidence with every term named:
 * $$\log p(D \mid \alpha, \beta) \approx \tfrac1T \log p(D \mid w_\mathrm{MAP}) - \tfrac12 (w - w_0)^\top A (w - w_0) - \tfrac12 \left[ \log\det P - \log\det A \right].$$
 *
 * @category Evidence
 * @throws {@link UnsupportedError} for symmetries of a model without layers or that the prior breaks, and for Occam factors of hyperparameters that the
 * data leave without a maximum.
 * @example
 * ```ts
 * import { evidence, gaussian, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.1 }), data);
 * const terms = evidence(await laplace(model, likelihood, data, { prior }));
 * console.log(terms.logOccamFactor < 0); // true
 * ```
 */
export function evidence(posterior: Posterior, options: EvidenceOptions = {}): EvidenceTerms {
  knownOptions("options", options, ["symmetries", "hyperparameters"]);
  const logLikelihood = checkedPosterior(posterior).logLikelihood / posterior.temperature;
  const logPriorExponent = -0.5 * posterior.scatter;
  const logVolumeRatio = -0.5 * posterior.logDeterminantRatio;
  const logOccamFactor = logPriorExponent + logVolumeRatio;
  const logEvidence = posterior.logEvidence;
  const logSymmetries = options.symmetries === true ? symmetries(posterior) : undefined;
  const logHyperparameterOccamFactor = options.hyperparameters === true ? hyperparameterOccamFactor(posterior) : undefined;
  return {
    logLikelihood,
    logPriorExponent,
    logVolumeRatio,
    logOccamFactor,
    logEvidence,
    ...(logSymmetries === undefined ? {} : { logSymmetries }),
    ...(logHyperparameterOccamFactor === undefined ? {} : { logHyperparameterOccamFactor }),
    total: logEvidence + (logSymmetries ?? 0) + (logHyperparameterOccamFactor ?? 0),
  };
}

function symmetries({ model, prior }: Posterior): number {
  if (!isChain(model)) throw new UnsupportedError("symmetries: the equivalent modes of a model that is no chain of dense layers are not known. Leave the option out, or use a network made by mlp().");
  if (prior.coupling !== undefined) throw new UnsupportedError("symmetries: a posterior that became the prior holds on to one of the equivalent modes. Leave the option out.");
  const precision = priorPrecision(prior);
  const { layers } = model;
  return layers.slice(0, -1).reduce((sum, layer, l) => {
    const units = Array.from({ length: layer.outputs }, (_, unit) => weightsOfUnit(layer, layers[l + 1], unit));
    const alike = units.every((weights) => weights.every((w, i) => precision[w] === precision[units[0][i]] && prior.mean[w] === prior.mean[units[0][i]]));
    if (!alike) throw new UnsupportedError(`symmetries: the units of hidden layer ${l + 1} can't change places, as the ${prior.name} prior has other precisions or means for some than for others. Leave the option out, or use a prior that is the same for all units of a layer: isotropic(), perLayer() or automaticRelevance().`);
    if (!layer.signSymmetric) return sum + logFactorial(layer.outputs);
    const centred = units.every((weights) => weights.every((w) => prior.mean[w] === 0));
    if (!centred) throw new UnsupportedError(`symmetries: the units of hidden layer ${l + 1} can't change signs, as the mean of the ${prior.name} prior is not 0 for their weights. Leave the option out, or use a prior without a mean.`);
    return sum + logFactorial(layer.outputs) + layer.outputs * Math.LN2;
  }, 0);
}

/** Where the weights into a hidden unit, its bias and the weights out of it are in the parameter vector. */
function weightsOfUnit({ inputs, weights, biases }: LayerShape, next: LayerShape, unit: number): number[] {
  return [
    ...Array.from({ length: inputs }, (_, i) => weights.offset + unit * inputs + i),
    ...(biases === undefined ? [] : [biases.offset + unit]),
    ...Array.from({ length: next.outputs }, (_, k) => next.weights.offset + k * next.inputs + unit),
  ];
}

function logFactorial(count: number): number {
  let sum = 0;
  for (let i = 2; i <= count; i++) sum += Math.log(i);
  return sum;
}

function hyperparameterOccamFactor(posterior: Posterior): number {
  const { likelihood, prior, curvature, targetCount, temperature, effectiveParameters } = posterior;
  const ofPrior = posterior.effectiveParametersByGroup.reduce((sum, gamma, g) => (isHeld(prior, g) ? sum : sum + width(`the prior precision of "${prior.groups[g]}"`, gamma)), 0);
  if (likelihood.noiseParameters === 0) return ofPrior;
  const freedom = targetCount - curvature.noisePower * temperature * effectiveParameters;
  return ofPrior + likelihood.noiseParameters * width("the noise", freedom / likelihood.noiseParameters, temperature);
}

/** log sqrt(2 T / freedom), the width of the evidence's peak in the logarithm of a hyperparameter. */
function width(hyperparameter: string, freedom: number, temperature = 1): number {
  if (freedom > 0) return 0.5 * Math.log((2 * temperature) / freedom);
  throw new UnsupportedError(`hyperparameters: the evidence has no peak in ${hyperparameter}, which is left ${freedom.toPrecision(3)} degrees of freedom. Leave the option out, or give groups that the data determine.`);
}
