import { InvalidArgumentError, UnsupportedError, describe, positive } from "../errors.ts";
import { dot, sum } from "../linalg/vector.ts";
import type { Model } from "../model/model.ts";
import { isPart } from "../model/part.ts";
import { remakeable } from "../recipe.ts";
import type { Coupling } from "./coupling.ts";

/**
 * A Gaussian prior over weights before it meets a model: $p(w) = \mathcal N(w_0, A^{-1})$ with a diagonal precision $A$ that is constant in
 * groups of weights. {@link isotropic}, {@link perLayer}, {@link automaticRelevance}, {@link groups} and {@link perWeight}
 * make one; that of {@link posteriorAsPrior} has a precision $P_0 = C + A$ with correlations.
 *
 * @category Priors
 */
export interface Prior {
  /** For reports: `"isotropic"`. */
  readonly name: string;
  /** The prior for the weights of the given model. One that is bound already takes the same model, or a part of it, as {@link subnetwork} makes. */
  bind(model: Model): GroupedPrior;
}

/**
 * A prior over the W weights of a model, in G groups that share a precision. It is a {@link Prior} itself.
 *
 * @category Priors
 */
export interface GroupedPrior extends Prior {
  /** A name for each group. */
  readonly groups: readonly string[];
  /** For each weight, the number of its group: W. */
  readonly groupOf: Int32Array;
  /** $W_g$, the number of weights in each group: G. */
  readonly sizes: Float64Array;
  /** $\alpha_g$ for each group: G. */
  readonly precisions: Float64Array;
  /** $w_0$: W. */
  readonly mean: Float64Array;
  /** Whether re-estimation leaves the precisions alone. */
  readonly fixed: boolean;
  /** For each group, whether re-estimation leaves its precision alone; undefined where it moves all, or none. */
  readonly held?: readonly boolean[] | undefined;
  /** $C$ where the precision is $P_0 = C + A$, as {@link posteriorAsPrior} makes it; nothing where weights are independent. */
  readonly coupling?: Coupling | undefined;
}

/** Makes a bound prior, checking that everything fits. */
export function groupedPrior(name: string, groups: readonly string[], groupOf: Int32Array, precisions: ArrayLike<number>, mean: Float64Array, fixed = false): GroupedPrior {
  return counted({ name, groups, groupOf, precisions: checkedValues(precisions, groups), mean, fixed });
}

/** The prior with the sizes of its groups. */
function counted(parts: Omit<GroupedPrior, "bind" | "sizes">): GroupedPrior {
  const sizes = new Float64Array(parts.groups.length);
  for (const g of parts.groupOf) sizes[g]++;
  return bound({ ...parts, sizes });
}

function bound(parts: Omit<GroupedPrior, "bind">): GroupedPrior {
  const prior: GroupedPrior = {
    ...parts,
    bind: (model) => {
      if (model.parameters.length === parts.groupOf.length) return prior;
      if (isPart(model)) return restricted(prior.bind(model.whole), model.indices);
      throw new InvalidArgumentError({ argument: "prior", expected: `a prior for ${model.parameters.length} weights`, received: `one that was made for ${parts.groupOf.length}` });
    },
  };
  return remakeable(prior, "groupedPrior", () => {
    const { name, groups, groupOf, precisions, mean, fixed, held, coupling } = parts;
    return { name, groups, groupOf, precisions, mean, fixed, ...(held && { held }), ...(coupling && { coupling }) };
  });
}

/** A prior of precision $P_0 = C + A$, with the $A$ of another; it is fixed. */
export function coupledPrior(name: string, { groups, groupOf, sizes, precisions }: GroupedPrior, mean: Float64Array, coupling: Coupling): GroupedPrior {
  return bound({ name, groups, groupOf, sizes, precisions, mean, fixed: true, coupling });
}

/** The prior of precision $A$ alone. */
export function uncoupled(prior: GroupedPrior): GroupedPrior {
  return prior.coupling === undefined ? prior : bound({ ...prior, coupling: undefined });
}

/** The prior of some parameters among those of the whole; groups of which none is left are dropped. */
export function restricted(prior: GroupedPrior, indices: Int32Array): GroupedPrior {
  if (prior.coupling !== undefined) throw new UnsupportedError(`prior: it couples ${prior.groupOf.length} weights, and what it says of ${indices.length} of them depends on the others. Make the earlier posterior of the same part of the model, or use posteriorAsPrior(posterior, { correlations: false }).`);
  const used = prior.groups.map(() => false);
  indices.forEach((index) => (used[prior.groupOf[index]] = true));
  let count = 0;
  const numbers = used.map((is) => (is ? count++ : -1));
  return counted({
    name: prior.name,
    groups: prior.groups.filter((_, g) => used[g]),
    groupOf: indices.map((index) => numbers[prior.groupOf[index]]),
    precisions: prior.precisions.filter((_, g) => used[g]),
    mean: Float64Array.from(indices, (index) => prior.mean[index]),
    fixed: prior.fixed,
    ...(prior.held && { held: prior.held.filter((_, g) => used[g]) }),
  });
}

/** The prior with the precisions of some groups held where they are, by re-estimation. */
export function holding(prior: GroupedPrior, held: (group: number) => boolean): GroupedPrior {
  const flags = prior.groups.map((_, g) => (prior.held?.[g] ?? false) || held(g));
  return flags.some(Boolean) ? bound({ ...prior, held: flags }) : prior;
}

/** Whether re-estimation leaves the precision of a group alone. */
export function isHeld({ fixed, held }: GroupedPrior, group: number): boolean {
  return fixed || (held?.[group] ?? false);
}

function list(names: readonly string[]): string {
  return names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")}, ... ${names[names.length - 1]}`;
}

function checkedValues(precisions: ArrayLike<number>, groups: readonly string[]): Float64Array {
  if (precisions.length !== groups.length) {
    throw new InvalidArgumentError({ argument: "precisions", expected: `${groups.length} numbers, for ${list(groups)}`, received: `${precisions.length}` });
  }
  return Float64Array.from(precisions, (value, g) => positive(groups.length === 1 ? "precision" : `precisions[${g}] (${groups[g]})`, value));
}

/** The same prior with other precisions alpha_g. */
export function withPrecisions(prior: GroupedPrior, precisions: ArrayLike<number>): GroupedPrior {
  if (prior.coupling !== undefined) throw new UnsupportedError("prior: a posterior that has become a prior has the precision that earlier data gave it, and no other. Vary noise or temperature, or use posteriorAsPrior(posterior, { correlations: false }).");
  return bound({ ...prior, precisions: checkedValues(precisions, prior.groups) });
}

/** The diagonal of the prior precision A: W. */
export function priorPrecision({ groupOf, precisions }: GroupedPrior): Float64Array {
  const diagonal = new Float64Array(groupOf.length);
  for (let i = 0; i < diagonal.length; i++) diagonal[i] = precisions[groupOf[i]];
  return diagonal;
}

/** What adds P0 = C + A to the lower triangle of W x W matrices. */
export function addingPriorPrecision(prior: GroupedPrior): (matrix: Float64Array) => void {
  const diagonal = priorPrecision(prior);
  const coupled = prior.coupling?.matrix.dense();
  return (matrix) => {
    if (coupled !== undefined) for (let at = 0; at < matrix.length; at++) matrix[at] += coupled[at];
    for (let i = 0; i < diagonal.length; i++) matrix[i * (diagonal.length + 1)] += diagonal[i];
  };
}

/** log det A = sum_g W_g log alpha_g, or log det P0. */
export function priorLogDeterminant({ sizes, precisions, coupling }: GroupedPrior): number {
  return coupling?.logDeterminant ?? precisions.reduce((sum, alpha, g) => sum + sizes[g] * Math.log(alpha), 0);
}

/** E_W,g = 1/2 sum_{i in g} (w_i - w0_i)^2, without alpha: G. */
export function priorEnergies({ groupOf, precisions, mean }: GroupedPrior, weights: Float64Array): Float64Array {
  const energies = new Float64Array(precisions.length);
  for (let i = 0; i < weights.length; i++) energies[groupOf[i]] += 0.5 * (weights[i] - mean[i]) ** 2;
  return energies;
}

/** P0 (w - w0), the gradient of E_W: W. */
export function priorGradient({ groupOf, precisions, mean, coupling }: GroupedPrior, weights: Float64Array): Float64Array {
  const gradient = weights.map((w, i) => precisions[groupOf[i]] * (w - mean[i]));
  return coupling === undefined ? gradient : sum(gradient, coupling.matrix.product(deviation(weights, mean)));
}

/** 1/2 (w - w0)' P0 (w - w0) = sum_g alpha_g E_W,g + 1/2 (w - w0)' C (w - w0), from the E_W,g if they are there. */
export function priorEnergy(prior: GroupedPrior, weights: Float64Array, energies = priorEnergies(prior, weights)): number {
  const { precisions, mean, coupling } = prior;
  const ofGroups = energies.reduce((total, energy, g) => total + precisions[g] * energy, 0);
  if (coupling === undefined) return ofGroups;
  const d = deviation(weights, mean);
  return ofGroups + 0.5 * dot(d, coupling.matrix.product(d));
}

function deviation(weights: Float64Array, mean: Float64Array): Float64Array {
  return weights.map((w, i) => w - mean[i]);
}

/** Sums a quantity of each weight over the groups: G. */
export function sumByGroup({ groupOf, precisions }: GroupedPrior, values: Float64Array): Float64Array {
  const sums = new Float64Array(precisions.length);
  for (let i = 0; i < values.length; i++) sums[groupOf[i]] += values[i];
  return sums;
}

/** gamma_g = W_g - alpha_g trace(P^-1)_g from the diagonal of P^-1 (MacKay 1992a; Bishop 2006, eq. 3.91; groups as in MacKay 1994a): G. */
export function effectiveParametersByGroup(prior: GroupedPrior, inverseDiagonal: Float64Array): Float64Array {
  return sumByGroup(prior, inverseDiagonal.map((variance, i) => 1 - prior.precisions[prior.groupOf[i]] * variance));
}

/** Re-estimation takes precisions no further than this: at fixed weights that of a group with little energy would run away. */
const PRECISION_LIMITS: readonly [least: number, most: number] = [1e-8, 1e12];
/** A group with fewer effective parameters than this for each of its weights is one that the data say nothing about: its gamma is rounding. */
const UNDETERMINED = 1e-10;

/** The precision nearest to the wanted one that re-estimation takes; one that starts beyond the limits moves only towards them. */
export function withinLimits(wanted: number, start: number, [least, most] = PRECISION_LIMITS): number {
  return Math.min(Math.max(most, start), Math.max(Math.min(least, start), wanted));
}

/**
 * MacKay's re-estimation alpha_g = gamma_g / (2 E_W,g) (MacKay 1992a; Bishop 2006, eq. 3.92), which goes no further than `limits`.
 *
 * A group that the data say nothing about, as the weights of a constant input, has gamma and E_W that are rounding alone; so would be
 * their ratio, and the group keeps the precision it has. A group that the data do determine, at exactly its prior mean, gets the most.
 */
export function reestimatePrior(prior: GroupedPrior, effectiveParameters: Float64Array, energies: Float64Array, limits: readonly [least: number, most: number] = PRECISION_LIMITS): GroupedPrior {
  if (prior.fixed) return prior;
  return withPrecisions(prior, prior.precisions.map((alpha, g) => {
    if (isHeld(prior, g) || effectiveParameters[g] <= UNDETERMINED * prior.sizes[g]) return alpha;
    return withinLimits(effectiveParameters[g] / (2 * energies[g]), alpha, limits);
  }));
}

/** A prior mean: one number for all weights, one for each, or 0. */
export function priorMean(model: Model, mean: number | ArrayLike<number> = 0): Float64Array {
  const width = model.parameters.length;
  const values = typeof mean === "number" ? new Float64Array(width).fill(mean) : Float64Array.from(mean);
  if (values.length !== width) throw new InvalidArgumentError({ argument: "mean", expected: `a number, or ${width} numbers, one for each weight`, received: `${values.length}` });
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new InvalidArgumentError({ argument: "mean", expected: "finite numbers", received: `${describe(values[bad])} at index ${bad}` });
  return values;
}
