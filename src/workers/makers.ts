import { empiricalFisher, monteCarloFisher, exact, outerProduct, type ExactOptions, type MonteCarloFisherOptions } from "../curvature/curvature.ts";
import { bernoulli } from "../likelihood/bernoulli.ts";
import { categorical } from "../likelihood/categorical.ts";
import { extendedMacKay } from "../likelihood/extended-mackay.ts";
import { gaussian, type GaussianOptions } from "../likelihood/gaussian.ts";
import { poisson, type PoissonOptions } from "../likelihood/poisson.ts";
import { heteroscedastic } from "../likelihood/heteroscedastic.ts";
import { laplaceBridge, type LaplaceBridgeOptions } from "../likelihood/laplace-bridge.ts";
import { measurements, type MeasurementsOptions } from "../likelihood/measurements.ts";
import { studentT, type StudentTOptions } from "../likelihood/student-t.ts";
import { monteCarlo, probit, type MonteCarloOptions } from "../likelihood/link.ts";
import type { DenseNetwork } from "../model/dense-network.ts";
import type { NetworkEntry } from "../model/graph/entries.ts";
import { layerOfKind } from "../model/graph/layers.ts";
import { network } from "../model/graph/network.ts";
import type { Shape } from "../model/graph/shape.ts";
import { lastLayer } from "../model/last-layer.ts";
import { mlp, type MlpOptions } from "../model/mlp.ts";
import type { LayerShape, Model } from "../model/model.ts";
import { pairwise } from "../model/pairwise.ts";
import { byName, largestMagnitude, largestMarginalVariance, randomSelection, type SelectionSize } from "../model/selection.ts";
import { standardized, type Units } from "../model/standardized.ts";
import { subnetwork } from "../model/subnetwork.ts";
import { coupledPrior, groupedPrior, holding, type GroupedPrior } from "../prior/prior.ts";
import { blockDiagonal, type BlockDiagonalOptions } from "../structure/block-diagonal.ts";
import { blockDiagonalCurvature } from "../structure/block-diagonal-curvature.ts";
import { blockDiagonalPrecision } from "../structure/block-diagonal-precision.ts";
import { diagonal, diagonalCurvature, diagonalPrecision } from "../structure/diagonal.ts";
import { full, type FullOptions } from "../structure/full.ts";
import { kronecker, type KroneckerOptions } from "../structure/kronecker.ts";
import { kroneckerCurvature } from "../structure/kronecker-curvature.ts";
import type { KroneckerSums } from "../structure/kronecker-factors.ts";
import type { LayerPrecision } from "../structure/kronecker-output-covariance.ts";
import { kroneckerPrecision } from "../structure/kronecker-precision.ts";
import { precisionByRows, rowsCurvature, type Space } from "../structure/function-space.ts";
import type { JacobianRows } from "../model/jacobian-rows.ts";
import { lowRank, lowRankCurvature, type LowRankOptions } from "../structure/low-rank.ts";
import type { Precision } from "../structure/structure.ts";
import { factorizedPrecision, weightSpaceSum } from "../structure/weight-space.ts";

/** By name, what makes a value again from what its recipe has: whatever is to go to a worker thread has a line here. */
export const makers: Readonly<Record<string, (from: never) => object>> = {
  mlp: ({ sizes, ...options }: MlpOptions & { readonly sizes: readonly number[] }) => mlp(sizes, options),
  standardized: ({ model, units }: { readonly model: Model; readonly units: Units }) => standardized(model, units),
  lastLayer: ({ network, parameters }: { readonly network: DenseNetwork; readonly parameters: Float64Array }) => lastLayer(network).withParameters(parameters),
  subnetwork: ({ model, indices, parameters }: { readonly model: Model; readonly indices: Int32Array; readonly parameters: Float64Array }) => subnetwork(model, indices).withParameters(parameters),
  pairwise: ({ model }: { readonly model: Model }) => pairwise(model),
  layer: ({ kind, given }: { readonly kind: string; readonly given: readonly unknown[] }) => layerOfKind(kind, given),
  network: ({ inputShape, layers, parameters }: { readonly inputShape: Shape; readonly layers: readonly NetworkEntry[]; readonly parameters: Float64Array }) => network(inputShape, layers, { parameters }),
  byName: ({ names }: { readonly names: readonly string[] }) => byName(...names),
  largestMagnitude: (size: SelectionSize) => largestMagnitude(size),
  largestMarginalVariance: ({ variances, ...size }: SelectionSize & { readonly variances: Float64Array }) => largestMarginalVariance(variances, size),
  randomSelection: (options: SelectionSize & { readonly seed?: number }) => randomSelection(options),

  gaussian: (options: GaussianOptions) => gaussian(options),
  bernoulli: () => bernoulli(),
  categorical: () => categorical(),
  measurements: (options: MeasurementsOptions) => measurements(options),
  studentT: (options: StudentTOptions) => studentT(options),
  heteroscedastic: () => heteroscedastic(),
  poisson: (options: PoissonOptions) => poisson(options),
  laplaceBridge: (options: LaplaceBridgeOptions) => laplaceBridge(options),
  extendedMacKay: () => extendedMacKay(),
  probit: () => probit(),
  monteCarlo: (options: MonteCarloOptions) => monteCarlo(options),

  groupedPrior: ({ name, groups, groupOf, precisions, mean, fixed, held, coupling }: GroupedPrior) => {
    const prior = holding(groupedPrior(name, groups, groupOf, precisions, mean, fixed), (group) => held?.[group] ?? false);
    return coupling === undefined ? prior : coupledPrior(name, prior, mean, coupling);
  },

  exact: (options: ExactOptions) => exact(options),
  outerProduct: () => outerProduct(),
  empiricalFisher: () => empiricalFisher(),
  monteCarloFisher: (options: MonteCarloFisherOptions) => monteCarloFisher(options),

  full: (options: FullOptions) => full(options),
  weightSpaceSum: ({ values, width }: { readonly values: Float64Array; readonly width: number }) => weightSpaceSum(values, width),
  factorizedPrecision: ({ factor, prior }: { readonly factor: Float64Array; readonly prior: GroupedPrior }) => factorizedPrecision(factor, prior),

  rowsCurvature: ({ batches, space }: { readonly batches: readonly JacobianRows[]; readonly space: Space }) => rowsCurvature(batches, space),
  precisionByRows: ({ rows, factor, prior, scale }: { readonly rows: JacobianRows; readonly factor: Float64Array; readonly prior: GroupedPrior; readonly scale: number }) => precisionByRows(rows, factor, prior, scale),

  lowRank: (options: LowRankOptions) => lowRank(options),
  lowRankCurvature: ({ rows, rank, seed }: { readonly rows: readonly Float64Array[]; readonly rank: number; readonly seed: number }) => lowRankCurvature(rows, rank, seed),

  diagonal: () => diagonal(),
  diagonalCurvature: ({ values }: { readonly values: Float64Array }) => diagonalCurvature(values),
  diagonalPrecision: ({ values, prior, scale }: { readonly values: Float64Array; readonly prior: GroupedPrior; readonly scale: number }) => diagonalPrecision(values, prior, scale),

  blockDiagonal: (options: BlockDiagonalOptions) => blockDiagonal(options),
  blockDiagonalCurvature: ({ blocks, values }: { readonly blocks: readonly Int32Array[]; readonly values: readonly Float64Array[] }) => blockDiagonalCurvature(blocks, values),
  blockDiagonalPrecision: ({ blocks, precisions, prior }: { readonly blocks: readonly Int32Array[]; readonly precisions: readonly Precision[]; readonly prior: GroupedPrior }) => blockDiagonalPrecision(blocks, precisions, prior),

  kronecker: (options: KroneckerOptions) => kronecker(options),
  kroneckerCurvature: ({ layers, sums, damping }: { readonly layers: readonly LayerShape[]; readonly sums: KroneckerSums; readonly damping: number }) => kroneckerCurvature(layers, sums, damping),
  kroneckerPrecision: ({ layers, prior }: { readonly layers: readonly LayerPrecision[]; readonly prior: GroupedPrior }) => kroneckerPrecision(layers, prior),
};
