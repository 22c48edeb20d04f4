import { Matrix, inverse } from "ml-matrix";
import { expect } from "vitest";
import type { CurvatureKind } from "../src/curvature/curvature.ts";
import type { Model } from "../src/model/model.ts";
import { laplace, withMoreData } from "../src/posterior/laplace.ts";
import { posteriorAsPrior } from "../src/posterior/posterior-as-prior.ts";
import type { Posterior } from "../src/posterior/posterior.ts";
import { perWeight } from "../src/prior/per-weight.ts";
import { coupledPrior, groupedPrior, type GroupedPrior, type Prior } from "../src/prior/prior.ts";
import type { Structure } from "../src/structure/structure.ts";
import { expectClose } from "./support/close.ts";
import { dataOf, eigenvalues, twinJacobian, twinLogLikelihood, type Twin } from "./support/dense-twin.ts";
import { normals } from "./support/random-numbers.ts";

/** A kind of curvature beside its dense definition. */
export interface KindRow {
  readonly name: string;
  readonly kind: CurvatureKind;
  readonly hessian: (twin: Twin) => Matrix;
  /** Whether it is positive definite, with the prior, only at a mode. */
  readonly atMode: boolean;
}

/** A structure beside what it keeps of a dense curvature. */
export interface StructureRow {
  readonly name: string;
  readonly structure: Structure;
  readonly kinds: readonly KindRow[];
  readonly kept: (hessian: Matrix, twin: Twin, kind: KindRow) => Matrix;
  /** Prior precisions of each weight that it can have, where it cannot have any. */
  readonly precisions?: (model: Model) => Float64Array;
  /** What it cannot do, by name of kind and model, and the message that says so. */
  readonly gaps: readonly { readonly kind: string; readonly model: string; readonly message: RegExp }[];
}

/** A posterior of the library and the dense matrices that it stands for. */
export interface Conformance {
  readonly twin: Twin;
  readonly row: StructureRow;
  readonly kind: KindRow;
  readonly posterior: Posterior;
  readonly tolerance: number;
  /** df/dw: NK x W. */
  readonly jacobian: Matrix;
  /** H, at the noise of the likelihood. */
  readonly hessian: Matrix;
  /** P = H / T + A. */
  readonly precision: Matrix;
  /** P^-1. */
  readonly covariance: Matrix;
  readonly priorPrecisions: Float64Array;
}

const PRIOR_MEAN = 0.1;

/** The prior of the conformance tests: a precision of its own for each weight, and a mean. */
export function conformancePrior(width: number): Prior {
  return perWeight(precisionsOf(width), { mean: PRIOR_MEAN });
}

/** Computes both sides. */
export async function conformance(twin: Twin, row: StructureRow, kind: KindRow, tolerance: number): Promise<Conformance> {
  const width = twin.model.parameters.length;
  // A mode at temperature 1 is none at others.
  const temperature = kind.atMode ? 1 : 0.8;
  const priorPrecisions = row.precisions?.(twin.model) ?? precisionsOf(width);
  const options = { curvature: kind.kind, structure: row.structure, prior: perWeight(priorPrecisions, { mean: PRIOR_MEAN }), temperature };
  const posterior = await laplace(twin.model, twin.textbook.likelihood, dataOf(twin), options);
  const hessian = row.kept(kind.hessian(twin), twin, kind);
  const precision = Matrix.div(hessian, temperature).add(Matrix.diag(Array.from(priorPrecisions)));
  // The twin's derivatives are differences, good to about 1e-10; solving multiplies their error by the condition of P.
  const spectrum = eigenvalues(precision);
  const condition = Math.max(...spectrum) / Math.min(...spectrum);
  return { twin, row, kind, posterior, tolerance: Math.max(tolerance, 1e-10 * condition), jacobian: twinJacobian(twin), hessian, precision, covariance: inverse(precision), priorPrecisions };
}

/** The curvature is the dense one; it adds up and scales. */
export function checkCurvature({ twin, kind, row, posterior, hessian, tolerance }: Conformance): void {
  const { curvature } = posterior.data;
  const unit = Matrix.div(hessian, twin.textbook.noisePrecision ** kind.kind.noisePower);
  expect(curvature.structure).toBe(row.structure.name);
  expectClose(curvature.dense(), unit.to1DArray(), tolerance);
  expectClose(curvature.times(2.5).dense(), Matrix.mul(unit, 2.5).to1DArray(), tolerance);
  expectClose(curvature.plus(curvature.times(2)).dense(), Matrix.mul(unit, 3).to1DArray(), tolerance);
  const v = normals(unit.rows, 6);
  const kept = v.slice();
  expectClose(curvature.product(v), unit.mmul(Matrix.columnVector(v)).to1DArray(), tolerance);
  expect(v).toEqual(kept);
}

/** Everything that the factorised precision does, and it leaves its arguments alone. */
export function checkPrecision({ twin, posterior, jacobian, precision, covariance, tolerance }: Conformance): void {
  const width = precision.rows;
  const p = posterior.precision;
  const v = normals(width, 7);
  const kept = v.slice();
  expect(Math.abs(p.logDeterminant - eigenvalues(precision).reduce((sum, value) => sum + Math.log(value), 0))).toBeLessThan(tolerance * width);
  expectClose(precision.mmul(Matrix.columnVector(p.solve(v))).to1DArray(), v, tolerance);
  expectClose(p.inverse(), covariance.to1DArray(), tolerance);
  expectClose(p.inverseDiagonal(), covariance.diagonal(), tolerance);

  const rows = Float64Array.from(jacobian.to1DArray());
  const whitened = Matrix.from1DArray(jacobian.rows, width, p.whiten(rows));
  const joint = jacobian.mmul(covariance).mmul(jacobian.transpose());
  expectClose(whitened.mmul(whitened.transpose()).to1DArray(), joint.to1DArray(), tolerance);

  const units = Array.from({ length: width }, (_, i) => p.sample(Float64Array.from({ length: width }, (__, j) => (i === j ? 1 : 0))));
  const factor = new Matrix(units.map((column) => Array.from(column))).transpose();
  expectClose(factor.mmul(factor.transpose()).to1DArray(), covariance.to1DArray(), tolerance);
  expectClose(p.sample(v), factor.mmul(Matrix.columnVector(v)).to1DArray(), tolerance);

  const count = twin.model.outputs;
  const blocks = twin.inputs.flatMap((_, n) => joint.subMatrix(n * count, (n + 1) * count - 1, n * count, (n + 1) * count - 1).to1DArray());
  const inputs = { data: Float64Array.from(twin.inputs.flat()), rows: twin.inputs.length, columns: twin.inputs[0].length };
  expectClose(p.outputCovariance(twin.model, twin.model.evaluate(inputs)), blocks, tolerance);
  expect(v).toEqual(kept);
  expectClose(rows, jacobian.to1DArray(), 0);
}

/** The posterior: evidence, effective parameters, moments, gradient. */
export function checkPosterior({ twin, posterior, precision, covariance, priorPrecisions, jacobian, tolerance }: Conformance): void {
  const weights = twin.model.parameters;
  const deviations = weights.map((w) => w - PRIOR_MEAN);
  const scatter = deviations.reduce((sum, d, i) => sum + priorPrecisions[i] * d * d, 0);
  const logDeterminant = (values: Iterable<number>): number => Array.from(values).reduce((sum, value) => sum + Math.log(value), 0);
  const ratio = logDeterminant(eigenvalues(precision)) - logDeterminant(priorPrecisions);
  const logLikelihood = twinLogLikelihood(twin);
  const gamma = weights.map((_, i) => 1 - priorPrecisions[i] * covariance.get(i, i));
  expectClose(
    [posterior.logLikelihood, posterior.scatter, posterior.logDeterminantRatio, posterior.logEvidence, posterior.effectiveParameters],
    [logLikelihood, scatter, ratio, logLikelihood / posterior.temperature - 0.5 * (scatter + ratio), gamma.reduce((a, b) => a + b, 0)],
    tolerance,
  );
  expectClose(posterior.effectiveParametersByGroup, gamma, tolerance);
  expectClose(posterior.marginalVariance, covariance.diagonal(), tolerance);
  expectClose(posterior.covariance().to1DArray(), covariance.to1DArray(), tolerance);
  const v = normals(weights.length, 8);
  expectClose(posterior.solve(v), covariance.mmul(Matrix.columnVector(v)).to1DArray(), tolerance);

  const slopes = twin.inputs.flatMap((input, n) => twin.textbook.gradient(twin.outputs(weights, input), twin.targets[n]));
  const gradient = jacobian.transpose().mmul(Matrix.columnVector(slopes)).div(posterior.temperature).to1DArray().map((g, i) => g + priorPrecisions[i] * deviations[i]);
  expectClose(posterior.gradient, gradient, tolerance);
  const length = Matrix.rowVector(gradient).mmul(covariance).mmul(Matrix.columnVector(gradient)).get(0, 0);
  expect(Math.abs(posterior.distanceFromMode - Math.sqrt(length))).toBeLessThan(tolerance * (1 + Math.sqrt(length)));
}

/** The posterior with another as its prior, whose precision is P0 = H / T + A, not at its mean. */
export async function checkAsPrior({ twin, row, kind, posterior, hessian, precision: before, jacobian, tolerance }: Conformance): Promise<void> {
  // As much indefinite curvature again would be more than the prior makes up for.
  const temperature = kind.atMode ? 100 : 2;
  const weights = twin.model.parameters;
  const deviations = normals(weights.length, 9).map((value) => 0.2 * value);
  const prior = withMean(posteriorAsPrior(posterior).bind(twin.model), weights.map((w, i) => w - deviations[i]));
  const after = await laplace(twin.model, twin.textbook.likelihood, dataOf(twin), { curvature: kind.kind, structure: row.structure, prior, temperature });
  const ofData = Matrix.div(hessian, temperature);
  const precision = Matrix.add(before, ofData);
  const covariance = inverse(precision);
  const d = Matrix.columnVector(deviations);
  const fromPrior = before.mmul(d).to1DArray();
  const scatter = d.transpose().mmul(before).mmul(d).get(0, 0);
  const logDeterminant = (matrix: Matrix): number => eigenvalues(matrix).reduce((sum, value) => sum + Math.log(value), 0);
  const ratio = logDeterminant(precision) - logDeterminant(before);
  const gamma = covariance.mmul(ofData).diagonal();
  expectClose(after.precisionMatrix().to1DArray(), precision.to1DArray(), tolerance);
  expectClose(after.covariance().to1DArray(), covariance.to1DArray(), tolerance);
  expectClose([after.scatter, after.logDeterminantRatio, after.logEvidence], [scatter, ratio, twinLogLikelihood(twin) / temperature - 0.5 * (scatter + ratio)], tolerance);
  expectClose(after.effectiveParametersByGroup, gamma, tolerance);
  const slopes = twin.inputs.flatMap((input, n) => twin.textbook.gradient(twin.outputs(weights, input), twin.targets[n]));
  expectClose(after.gradient, jacobian.transpose().mmul(Matrix.columnVector(slopes)).div(temperature).to1DArray().map((g, i) => g + fromPrior[i]), tolerance);
  // And once more: what has a posterior for a prior is a prior itself.
  const third = await laplace(twin.model, twin.textbook.likelihood, dataOf(twin), { curvature: kind.kind, structure: row.structure, prior: posteriorAsPrior(after), temperature });
  expectClose(third.precisionMatrix().to1DArray(), Matrix.add(precision, ofData).to1DArray(), tolerance);
  expectClose([third.scatter, third.logDeterminantRatio], [0, logDeterminant(Matrix.add(precision, ofData)) - logDeterminant(precision)], tolerance);
}

/** The prior with another mean. */
function withMean(prior: GroupedPrior, mean: Float64Array): GroupedPrior {
  const { name, groups, groupOf, precisions, coupling, fixed } = prior;
  return coupling === undefined ? groupedPrior(name, groups, groupOf, precisions, mean, fixed) : coupledPrior(name, prior, mean, coupling);
}

/** Data in batches, or more of it later, make no difference. */
export async function checkBatches({ twin, posterior, kind, row, tolerance }: Conformance): Promise<void> {
  const { structure } = row;
  const options = { curvature: kind.kind, structure, prior: posterior.prior, temperature: posterior.temperature };
  const { model, textbook } = twin;
  const [rows, middle] = [twin.inputs.length, Math.ceil(twin.inputs.length / 2)];
  const inBatches = await laplace(model, textbook.likelihood, twin.inputs.map((_, n) => dataOf(twin, n, n + 1)), options);
  const oneByOne = await laplace(model, textbook.likelihood, dataOf(twin), { ...options, structure: { ...structure, batchRows: () => 1 } });
  expectSame(inBatches, posterior, tolerance);
  expectSame(oneByOne, posterior, tolerance);
  if (rows === 1 || kind.atMode) return;
  const first = await laplace(model, textbook.likelihood, dataOf(twin, 0, middle), options);
  const before = [first.logEvidence, ...first.data.curvature.dense()];
  expectSame(await withMoreData(first, dataOf(twin, middle)), posterior, tolerance);
  expect([first.logEvidence, ...first.data.curvature.dense()]).toEqual(before);
  expect(first.data.examples).toBe(middle);
}

function expectSame(actual: Posterior, expected: Posterior, tolerance: number): void {
  expect(actual.data.examples).toBe(expected.data.examples);
  expectClose(actual.data.curvature.dense(), expected.data.curvature.dense(), tolerance);
  expectClose([actual.logEvidence, actual.effectiveParameters, ...actual.gradient], [expected.logEvidence, expected.effectiveParameters, ...expected.gradient], tolerance);
}

function precisionsOf(width: number): Float64Array {
  return Float64Array.from({ length: width }, (_, i) => 0.5 + (i % 3));
}
