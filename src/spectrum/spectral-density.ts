import { knownOptions, positive, wholeNumber } from "../errors.ts";
import { scaled } from "../linalg/vector.ts";
import type { JobOptions } from "../progress.ts";
import { random } from "../random.ts";
import { checkedOperator, vectorsInMemory, withProductsOf, type LinearOperator } from "./linear-operator.ts";
import { signs, unitVector } from "./probes.ts";
import { quadrature, type Rule } from "./quadrature.ts";

/**
 * Options of {@link spectralDensity}.
 *
 * @category Spectrum
 */
export interface SpectralDensityOptions extends JobOptions {
  /** How many random probes. Default 10. As many as the operator has rows give the density itself. */
  readonly probes?: number;
  /** The most products of each probe, each of which keeps a vector. Default 80, or as many as 1 GiB holds. */
  readonly steps?: number;
  /** Standard deviation of the Gaussian that stands for an eigenvalue. Default a hundredth of the range of eigenvalues. */
  readonly bandwidth?: number;
  /** How many eigenvalues the density is given at. Default: five for each bandwidth, at most 10,000. */
  readonly points?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * How eigenvalues are distributed.
 *
 * @category Spectrum
 */
export interface SpectralDensity {
  /** Eigenvalues in equal steps, from six bandwidths below the smallest that was seen to six above the largest. */
  readonly eigenvalues: Float64Array;
  /** The density at each: the share of eigenvalues there, divided by the width. Its integral is 1. */
  readonly density: Float64Array;
  /** The standard error of each, from how much the probes differ. */
  readonly standardErrors: Float64Array;
  /** Standard deviation of the Gaussian that stands for an eigenvalue. */
  readonly bandwidth: number;
  /** The eigenvalues that the probes saw (Ritz values), ascending. */
  readonly ritzValues: Float64Array;
  /** The share of all eigenvalues that each stands for; they add up to 1. */
  readonly weights: Float64Array;
  /** How many products with the operator it took. */
  readonly products: number;
}

/** How far beyond the Ritz values the grid goes, in bandwidths. */
const MARGIN = 6;

/**
 * The density of the eigenvalues of an operator, smoothed by Gaussians of standard deviation $\sigma$,
 * $$\phi(t) = \frac1W \sum_i \mathcal N(t; \lambda_i, \sigma^2) \approx \frac1S \sum_s \sum_i \tau_i^{(s)}\, \mathcal N(t; \theta_i^{(s)}, \sigma^2),$$
 * with the nodes $\theta_i$ and weights $\tau_i$ of Lanczos's quadrature from S random probes (Lin, Saad & Yang 2016; Ghorbani, Krishnan & Xiao 2019). Single eigenvalues at the ends are sharp, and the mass of those in
 * the middle is right; what lies closer together than a bandwidth is not told apart.
 *
 * @category Spectrum
 * @throws {@link InvalidArgumentError} for options that do not fit; {@link NotFiniteError} where a product is not finite.
 * @example
 * ```ts
 * import { curvatureOperator, exact, gaussian, mlp, spectralDensity } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const operator = await curvatureOperator(mlp([1, 20, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data, { curvature: exact() });
 * const { eigenvalues, density } = await spectralDensity(operator);
 * const peak = eigenvalues[density.indexOf(Math.max(...density))];
 * console.log(Math.abs(peak) < 0.01 * eigenvalues[eigenvalues.length - 1]); // true: most eigenvalues are near 0
 * ```
 */
export async function spectralDensity(operator: LinearOperator, options: SpectralDensityOptions = {}): Promise<SpectralDensity> {
  knownOptions("options", options, ["probes", "steps", "bandwidth", "points", "seed", "signal", "onProgress"]);
  const { size } = checkedOperator(operator);
  const probes = Math.min(size, wholeNumber("probes", options.probes ?? 10, 1));
  const steps = wholeNumber("steps", options.steps ?? Math.min(80, vectorsInMemory(operator)), 1);
  const width = options.bandwidth === undefined ? undefined : positive("bandwidth", options.bandwidth);
  const wanted = options.points === undefined ? undefined : wholeNumber("points", options.points, 2);
  const source = random(options.seed ?? 0);
  const run = withProductsOf(operator, options, { stage: "spectral density", total: probes * Math.min(size, steps) });

  const rules: Rule[] = [];
  let products = 0;
  for (let p = 0; p < probes; p++) {
    const look = await run(quadrature(probes === size ? unitVector(size, p) : scaled(1 / Math.sqrt(size), signs(size, source)), steps, () => false));
    rules.push(look.rule);
    products += look.steps;
  }
  const atoms = rules.flatMap(({ nodes, weights }) => Array.from(nodes, (node, i) => ({ node, weight: weights[i] / probes }))).sort((a, b) => a.node - b.node);
  const [least, most] = [atoms[0].node, atoms[atoms.length - 1].node];
  const bandwidth = width ?? defaultBandwidth(least, most);
  const points = wanted ?? Math.min(10_000, Math.ceil((5 * (most - least)) / bandwidth) + 10 * MARGIN + 1);
  const start = least - MARGIN * bandwidth;
  const step = (most - least + 2 * MARGIN * bandwidth) / (points - 1);
  const eigenvalues = Float64Array.from({ length: points }, (_, i) => start + i * step);
  return {
    eigenvalues,
    ...smoothed(rules, eigenvalues, bandwidth, probes === size),
    bandwidth,
    ritzValues: Float64Array.from(atoms, ({ node }) => node),
    weights: Float64Array.from(atoms, ({ weight }) => weight),
    products,
  };
}

/** A hundredth of the range, or where all eigenvalues are equal, of their size. */
function defaultBandwidth(least: number, most: number): number {
  const size = Math.max(Math.abs(least), Math.abs(most));
  return 0.01 * (most - least > 1e-9 * size ? most - least : size > 0 ? size : 1);
}

/** The mean of the probes' densities at each point, and its standard error. */
function smoothed(rules: readonly Rule[], at: Float64Array, bandwidth: number, exactly: boolean): { readonly density: Float64Array; readonly standardErrors: Float64Array } {
  const probes = rules.length;
  const density = new Float64Array(at.length);
  const standardErrors = new Float64Array(at.length);
  const height = 1 / (bandwidth * Math.sqrt(2 * Math.PI));
  for (let t = 0; t < at.length; t++) {
    let squares = 0;
    for (let p = 0; p < probes; p++) {
      const { nodes, weights } = rules[p];
      let value = 0;
      for (let i = 0; i < nodes.length; i++) value += weights[i] * height * Math.exp(-0.5 * ((at[t] - nodes[i]) / bandwidth) ** 2);
      const off = value - density[t];
      density[t] += off / (p + 1);
      squares += off * (value - density[t]);
    }
    if (!exactly && probes > 1) standardErrors[t] = Math.sqrt(Math.max(0, squares) / (probes - 1) / probes);
  }
  return { density, standardErrors };
}
