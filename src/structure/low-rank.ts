import { outputDerivatives } from "../curvature/loss.ts";
import { InvalidArgumentError, knownOptions, wholeNumber } from "../errors.ts";
import { largestEigenpairs } from "../linalg/lanczos.ts";
import { concatenated, dot, scaled } from "../linalg/vector.ts";
import { isLayered, type Model } from "../model/model.ts";
import type { WeightMatrix } from "../prior/coupling.ts";
import { sumByGroup, type GroupedPrior } from "../prior/prior.ts";
import { random } from "../random.ts";
import { recipeOf, remadeAs, remakeable } from "../recipe.ts";
import { rowsCurvature } from "./function-space.ts";
import { jacobianRows, rowCount, rowShape, rowsTimes, transposedRowsTimes, writtenRows, type JacobianRows } from "../model/jacobian-rows.ts";
import { size, temporaries, type Batch, type Curvature, type Precision, type Structure } from "./structure.ts";

/**
 * Options of {@link lowRank}.
 *
 * @category Structures
 */
export interface LowRankOptions {
  /** How many eigenpairs are kept. Default 100, or as many as there are. */
  readonly rank?: number;
  /** Seed of the first vector of Lanczos's method. Default 0. */
  readonly seed?: number;
}

/**
 * The largest eigenvalues of the curvature with their eigenvectors, $H \approx \sum_{i=1}^r \lambda_i u_i u_i^\top$: what the data say loudest. In the directions
 * that are left, the posterior is the prior. For networks that are too large for {@link full}, with more target values than its function space
 * can bear.
 *
 * Eigenpairs come from products with $H$, by Lanczos's method: of the outer product through activations and deltas, of the exact Hessian by the R-operator, so
 * that nothing of the size of a Jacobian is formed; negative eigenvalues of the exact Hessian are left out. What follows is exact for the curvature that is
 * kept and any prior: $P = A + \sum_i \lambda_i u_i u_i^\top$ has the log determinant, draws and variances of a function space of $r$ rows
 * $\sqrt{\lambda_i} u_i^\top$. Takes $8 r W$ bytes and a multiple of $r$ products.
 *
 * The rank must be high enough for the eigenvalues that are left out to be small beside the prior precision: {@link Posterior.summary} warns where they are not. The evidence lacks the price of
 * what is left out, so that it rises as the rank falls: do not compare it between ranks, nor re-estimate by it, where that warning stands.
 *
 * Data that come in several batches (of so many examples that activations and deltas take 256 MB) have the largest eigenpairs of their sum among those that each
 * batch kept: the result then depends, a little, on how they were divided.
 *
 * @category Structures
 * @throws {@link InvalidArgumentError} for a rank that is not a whole number above 0.
 * @example
 * ```ts
 * import { gaussian, laplace, lowRank, mlp } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const posterior = await laplace(mlp([1, 20, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data, { structure: lowRank({ rank: 3 }) });
 * console.log(posterior.effectiveParameters < 3); // true
 * ```
 */
export function lowRank(options: LowRankOptions = {}): Structure {
  knownOptions("options", options, ["rank", "seed"]);
  const rank = wholeNumber("rank", options.rank ?? 100, 1);
  const seed = options.seed ?? 0;
  random(seed);
  const structure: Structure = {
    name: "low rank",
    bytes: (model) => 16 * Math.min(rank, model.parameters.length) * model.parameters.length,
    batchRows: (model) => Math.max(1, Math.floor(2 ** 25 / numbersKept(model))),
    curvature: (batch) => lowRankCurvature(eigenRows(batch, rank, seed), rank, seed),
  };
  return remakeable(structure, "lowRank", () => ({ rank, seed }));
}

/** Activations and deltas of an example, or its rows of the Jacobian. */
function numbersKept(model: Model): number {
  return isLayered(model) ? rowShape(model, 1, model.outputs).layers.reduce((sum, { inputs, units, columns }) => sum + (model.outputs / columns) * inputs + model.outputs * units, temporaries(model)) : temporaries(model);
}

/** sqrt(lambda_i) u_i' of a batch. */
function eigenRows({ model, likelihood, kind, evaluation, targets, first }: Batch, rank: number, seed: number): readonly Float64Array[] {
  if (kind.kind === "factor") {
    const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets, first);
    return leadingRows(jacobianRows(model, evaluation, data, columns), rank, seed);
  }
  const loss = outputDerivatives(likelihood, evaluation.outputs, targets);
  const width = model.parameters.length;
  const { values, vectors } = largestEigenpairs((v) => evaluation.hessianVectorProduct(loss, v), width, Math.min(rank, width), random(seed));
  return vectors.map((u, i) => scaled(Math.sqrt(Math.max(0, values[i])), u));
}

/** The rows q_i' B for the leading eigenvectors q_i of B B': orthogonal, the squares of their lengths the eigenvalues of B'B. */
function leadingRows(rows: JacobianRows, rank: number, seed: number): readonly Float64Array[] {
  const count = rowCount(rows);
  const { vectors } = largestEigenpairs((u) => rowsTimes(rows, transposedRowsTimes(rows, u)), count, Math.min(rank, count, rows.width), random(seed));
  return vectors.map((q) => transposedRowsTimes(rows, q));
}

interface LowRankCurvature extends Curvature {
  readonly rows: readonly Float64Array[];
}

function isLowRank(curvature: WeightMatrix): curvature is LowRankCurvature {
  return curvature.structure === "low rank";
}

/** H by its rows sqrt(lambda_i) u_i'. */
export function lowRankCurvature(rows: readonly Float64Array[], rank: number, seed: number): Curvature {
  const inner = rowsCurvature([writtenRows(concatenated(rows), rows[0].length)], "function");
  const joined = (other: WeightMatrix): Curvature => {
    if (!isLowRank(other) || other.rows[0].length !== rows[0].length) {
      throw new InvalidArgumentError({ argument: "other", expected: `low rank curvature of ${rows[0].length} parameters`, received: isLowRank(other) ? `that of ${other.rows[0].length} parameters` : `${other.structure} curvature of ${size(other)} numbers` });
    }
    const both = [...rows, ...other.rows];
    return lowRankCurvature(both, Math.max(rank, both.length), seed);
  };
  const curvature: LowRankCurvature = {
    structure: "low rank",
    rows,
    parts: rows,
    ...(rows.length >= rank && { leastKept: rows.reduce((least, row) => Math.min(least, dot(row, row)), Infinity) }),
    dense: () => inner.dense(),
    product: (v) => inner.product(v),
    precision: (prior, scale) => withTerms(inner.precision(prior, scale), prior),
    diagonalized: () => {
      const quick = inner.diagonalized?.() ?? inner;
      return { ...curvature, precision: (prior, scale) => quick.precision(prior, scale) };
    },
    times: (c) => (c === 1 ? curvature : lowRankCurvature(rows.map((row) => scaled(Math.sqrt(c), row)), rank, seed)),
    joined,
    plus: (other) => {
      const both = joined(other).parts;
      return lowRankCurvature(both.length <= rank ? both : leadingRows(writtenRows(concatenated(both), rows[0].length), rank, seed), rank, seed);
    },
  };
  return remakeable(curvature, "lowRankCurvature", () => ({ rows, rank, seed }));
}

/** The same precision, which takes the first term of a sum by its rows $b$, whose shares are $P^{-1} b \circ b$. */
function withTerms(precision: Precision, prior: GroupedPrior): Precision {
  const result: Precision = {
    ...precision,
    effectiveParametersByGroup: (first) => {
      if (first === undefined) return precision.effectiveParametersByGroup();
      const ofWeights = new Float64Array(prior.groupOf.length);
      for (const row of first.parts) precision.solve(row).forEach((value, i) => (ofWeights[i] += value * row[i]));
      return sumByGroup(prior, ofWeights);
    },
  };
  return remadeAs(result, () => recipeOf(precision));
}
