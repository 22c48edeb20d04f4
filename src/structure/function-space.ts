import { InvalidArgumentError, NotPositiveDefiniteError } from "../errors.ts";
import type { FactorCurvature } from "../curvature/curvature.ts";
import { multiplyTransposedRight } from "../linalg/products.ts";
import { cholesky, logDeterminant } from "../linalg/cholesky.ts";
import { symmetricEigenvalues } from "../linalg/symmetric-eigen.ts";
import { mirrorLower } from "../linalg/symmetric-rank-k.ts";
import { inverseDiagonal, inverseFromCholesky, solveLower, solveLowerRows, solveLowerTransposed } from "../linalg/triangular.ts";
import { norm } from "../linalg/vector.ts";
import type { Model } from "../model/model.ts";
import type { WeightMatrix } from "../prior/coupling.ts";
import { priorLogDeterminant, priorPrecision, type GroupedPrior } from "../prior/prior.ts";
import { diagonalized } from "./diagonalized.ts";
import { gramMatrix, type GramMatrix } from "./gram-matrix.ts";
import { remakeable } from "../recipe.ts";
import { addGram, addGramDiagonal, likeUnits, quadraticForms, type LikeUnits } from "./like-units.ts";
import { denseRows, jacobianRows, joinedRows, oneByOne, outputRows, parameterIndex, rowBytes, rowCount, rowsTimes, sameLayers, scaledRows, transposedRowsTimes, unitColumns, type JacobianRows, type RowShape } from "../model/jacobian-rows.ts";
import { addGramBlocks } from "./output-covariance.ts";
import { SINGULAR, rowsFor, temporaries, type Batch, type Curvature, type Precision } from "./structure.ts";
import { isFull, sumOfRows, weightSpaceBytes, type FullCurvature } from "./weight-space.ts";

/** Where {@link full} computes. */
export type Space = "automatic" | "weight" | "function";

/** Whether rows are kept as they are in that space: where it is chosen automatically, as long as they take less memory than their sum. */
export function keepsRows(space: Space, rows: RowShape): boolean {
  return space === "function" || (space === "automatic" && rowBytes(rows) < weightSpaceBytes(rows.width));
}

/** H = B'B of a batch, kept as its rows B = S'J. Curvatures with more rows than are to be kept add up in weight space. */
export function functionSpaceCurvature({ model, likelihood, evaluation, targets, first }: Batch, kind: FactorCurvature, space: Space): Curvature {
  const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets, first);
  return rowsCurvature([jacobianRows(model, evaluation, data, columns)], space);
}

interface RowsCurvature extends FullCurvature {
  readonly batches: readonly JacobianRows[];
}

/** H = B'B for the rows B of all batches. */
export function rowsCurvature(batches: readonly JacobianRows[], space: Space): Curvature {
  let joined: JacobianRows | undefined;
  let gram: GramMatrix | undefined;
  const rows = (): JacobianRows => (joined ??= joinedRows(batches));
  const grams = (): GramMatrix => (gram ??= gramMatrix(rows()));
  const [{ width }] = batches;
  const curvature: RowsCurvature = {
    structure: "full",
    batches,
    get parts() {
      return rows().layers.flatMap(({ activations, deltas }) => [activations, deltas]);
    },
    dense: () => curvature.inWeightSpace().dense(),
    product: (v) => transposedRowsTimes(rows(), rowsTimes(rows(), v)),
    inWeightSpace: () => sumOfRows(rows()),
    plus: (other) => {
      if (!isRows(other)) return isFull(other) ? other.plus(curvature) : curvature.inWeightSpace().plus(other);
      if (!sameLayers(batches[0], other.batches[0])) throw new InvalidArgumentError({ argument: "other", expected: `full curvature of the same ${width} parameters`, received: `that of ${other.batches[0].width} parameters, or of another model` });
      const all = [...batches, ...other.batches];
      const both = all.every(({ columns }) => columns === all[0].columns) ? all : all.map(oneByOne);
      const examples = both.reduce((sum, batch) => sum + batch.examples, 0);
      return keepsRows(space, { ...both[0], examples }) ? rowsCurvature(both, space) : sumOfRows(joinedRows(both));
    },
    times: (c) => (c === 1 ? curvature : rowsCurvature(batches.map((batch) => scaledRows(batch, Math.sqrt(c))), space)),
    precision: (prior, scale) => functionSpacePrecision(rows(), grams(), prior, scale),
    diagonalized: () => {
      const matrix = grams().unweighted();
      mirrorLower(matrix, rowCount(rows()));
      return diagonalized(curvature, symmetricEigenvalues(matrix, rowCount(rows())), width);
    },
  };
  return remakeable(curvature, "rowsCurvature", () => ({ batches, space }));
}

function isRows(curvature: WeightMatrix): curvature is RowsCurvature {
  return "batches" in curvature;
}

function functionSpacePrecision(rows: JacobianRows, gram: GramMatrix, prior: GroupedPrior, scale: number): Precision {
  const count = rowCount(rows);
  const like = likeUnits(rows, prior);
  const factor = gram.weighted(like, scale);
  for (let m = 0; m < count; m++) factor[m * (count + 1)] += 1;
  // C has no eigenvalue below 1: what is lost is lost in rounding.
  if (cholesky(factor, count) >= 0) throw singular(gram.weighted(like, scale), count);
  return precisionByRows(rows, factor, prior, scale, like);
}

/**
 * P = A + c B'B by the M x M matrix C = I + c B A^-1 B' = L L' (Woodbury; Rasmussen & Williams 2006, section 2.1.2):
 *
 *     log det P = log det A + log det C
 *     P^-1 = A^-1 - c A^-1 B' C^-1 B A^-1
 *     F = A^-1/2 (I - c Q' L^-T (I + L)^-1 Q),  Q = B A^-1/2,  F F' = P^-1
 *
 * The last holds since K = L^-T (I + L)^-1 satisfies K + K' - K (L L' - I) K' = (L L')^-1.
 */
export function precisionByRows(rows: JacobianRows, factor: Float64Array, prior: GroupedPrior, scale: number, like: readonly LikeUnits[] = likeUnits(rows, prior)): Precision {
  const count = rowCount(rows);
  const variances = priorPrecision(prior).map((alpha) => 1 / alpha);
  const deviations = variances.map(Math.sqrt);
  let shifted: Float64Array | undefined;
  /** I + L. */
  const onePlusFactor = (): Float64Array => (shifted ??= factor.map((value, i) => (i % (count + 1) === 0 ? value + 1 : value)));
  /** v - c Q' u. */
  const without = (v: Float64Array, u: Float64Array): Float64Array => {
    const explained = transposedRowsTimes(rows, u);
    return v.map((value, i) => value - scale * deviations[i] * explained[i]);
  };
  const throughPrior = (v: Float64Array): Float64Array => v.map((value, i) => value * deviations[i]);

  const precision: Precision = {
    logDeterminant: priorLogDeterminant(prior) + logDeterminant(factor, count),
    solve: (v) => precision.sample(precision.whiten(v)),
    sample: (normals) => {
      const u = rowsTimes(rows, throughPrior(normals));
      solveLower(onePlusFactor(), count, u, 1);
      solveLowerTransposed(factor, count, u, 1);
      return throughPrior(without(normals, u));
    },
    whiten: (vectors) => {
      const whitened = new Float64Array(vectors.length);
      for (let at = 0; at < vectors.length; at += rows.width) {
        const prescaled = throughPrior(vectors.subarray(at, at + rows.width));
        const u = rowsTimes(rows, throughPrior(prescaled));
        solveLower(factor, count, u, 1);
        solveLowerTransposed(onePlusFactor(), count, u, 1);
        whitened.set(without(prescaled, u), at);
      }
      return whitened;
    },
    inverseDiagonal: () => {
      const diagonal = variances.slice();
      for (const layer of rows.layers) {
        for (let j = 0; j < layer.units; j++) {
          const columns = unitColumns(rows, layer, j);
          solveLower(factor, count, columns, layer.inputs);
          for (let at = 0; at < columns.length; at++) {
            const index = parameterIndex(layer, j, at % layer.inputs);
            diagonal[index] -= scale * (variances[index] * columns[at]) ** 2;
          }
        }
      }
      diagonal.forEach((variance, i) => {
        if (variance < CANCELLED * variances[i]) diagonal[i] = norm(precision.whiten(unitVector(rows.width, i))) ** 2;
      });
      return diagonal;
    },
    effectiveParametersByGroup: (first) => {
      // gamma = M - tr C^-1, and gamma_g = c tr(C^-1 B_g B_g') / alpha_g; for the first term of a sum, over its rows, which come first.
      const own = first !== undefined && isRows(first) ? first.batches.reduce((sum, batch) => sum + rowCount(batch), 0) : count;
      if (prior.groups.length === 1) return Float64Array.of(inverseDiagonal(factor, count).subarray(0, own).reduce((sum, value) => sum - value, own));
      const inverse = inverseFromCholesky(factor, count).fill(0, own * count);
      const gamma = new Float64Array(prior.precisions.length);
      for (const units of like) quadraticForms(rows, units, inverse).forEach((form, i) => (gamma[units.groups[i]] += scale * units.variances[i] * form));
      return gamma;
    },
    inverse: () => {
      const { width } = rows;
      const whitened = new Float64Array(width * width);
      for (let i = 0; i < width; i++) whitened.set(precision.whiten(unitVector(width, i)), i * width);
      return multiplyTransposedRight(whitened, whitened, width, width, width);
    },
    batchRows: (model: Model) => rowsFor(Math.max(temporaries(model), model.outputs * count), 512),
    outputCovariance: (model, evaluation) => {
      const outputs = outputRows(model, evaluation);
      const covariance = new Float64Array(rowCount(outputs) * model.outputs);
      const cross = crossGram(outputs, rows, like, variances);
      for (const units of sameLayers(outputs, rows) ? like : likeUnits(outputs, prior)) addGramDiagonal(outputs, units, model.outputs, covariance);
      const before = covariance.slice();
      solveLowerRows(factor, count, cross, rowCount(outputs));
      addGramBlocks(cross, model.outputs, count, -scale, covariance);
      // Where nothing but rounding may be left of the prior's variance, the sum of squares of whitened rows has the digits.
      const size = model.outputs;
      for (let n = 0; n < covariance.length; n += size * size) {
        const lost = Array.from({ length: size }, (_, k) => n + k * (size + 1)).some((i) => covariance[i] < CANCELLED * before[i]);
        if (!lost) continue;
        const block = covariance.subarray(n, n + size * size).fill(0);
        addGramBlocks(precision.whiten(denseRows(outputs, n / size, n / size + size)), size, rows.width, 1, block);
      }
      return covariance;
    },
  };
  return remakeable(precision, "precisionByRows", () => ({ rows, factor, prior, scale }));
}

/** Below this share of the prior's variance, a difference from it has lost too many digits. */
const CANCELLED = 1e-9;

/** Which eigenvalue of C came out negative. */
function singular(matrix: Float64Array, count: number): NotPositiveDefiniteError {
  for (let m = 0; m < count; m++) matrix[m * (count + 1)] += 1;
  mirrorLower(matrix, count);
  return new NotPositiveDefiniteError("I + B A^-1 B', which stands for the posterior precision in function space,", symmetricEigenvalues(matrix, count)[0], SINGULAR);
}

function unitVector(width: number, i: number): Float64Array {
  const unit = new Float64Array(width);
  unit[i] = 1;
  return unit;
}

/** $J A^{-1} B^\top$, for B that have the layers of J or are written out. */
function crossGram(outputs: JacobianRows, rows: JacobianRows, like: readonly LikeUnits[], variances: Float64Array): Float64Array {
  const count = rowCount(rows);
  const cross = new Float64Array(rowCount(outputs) * count);
  if (sameLayers(outputs, rows)) {
    for (const units of like) addGram(outputs, rows, units, "all", cross);
    return cross;
  }
  for (let m = 0; m < count; m++) {
    const row = denseRows(rows, m, m + 1);
    rowsTimes(outputs, row.map((value, i) => value * variances[i])).forEach((product, n) => (cross[n * count + m] = product));
  }
  return cross;
}
