/**
 * Error bars, evidence and relevance of weights for trained networks, by the Laplace approximation.
 *
 * @module laplace-ts
 * @category Reference
 */

export { LaplaceError, InvalidArgumentError, NotFiniteError, NotPositiveDefiniteError, UnsupportedError, type InvalidArgument } from "./errors.ts";
export type { Data, FlatArray, MatrixLike, Table } from "./data.ts";
export { random, type Random } from "./random.ts";
export type { JobOptions, Progress, SharedJobOptions } from "./progress.ts";
export { stopWorkers } from "./workers/pool.ts";
export { availableKernels, setKernels, type Kernels } from "./linalg/kernels.ts";

export { mlp, type MlpOptions } from "./model/mlp.ts";
export { functionModel, type ModelFunction } from "./model/function-model.ts";
export { lastLayer, type LastLayer } from "./model/last-layer.ts";
export { subnetwork, type Subnetwork } from "./model/subnetwork.ts";
export { byName, largestMagnitude, largestMarginalVariance, randomSelection, type ParameterSelection, type SelectionSize } from "./model/selection.ts";
export type { PartOf } from "./model/part.ts";
export { forward, jacobian, jacobianVectorProduct, vectorJacobianProduct } from "./model/derivatives.ts";
export { pairwise, type PairwiseModel } from "./model/pairwise.ts";

export { network, type Network, type NetworkOperation, type NetworkOptions } from "./model/graph/network.ts";
export type { NetworkHead } from "./model/graph/head.ts";
export { dense, type DenseOptions } from "./model/graph/dense.ts";
export { convolution1d, convolution2d, type ConvolutionOptions } from "./model/graph/convolution.ts";
export { globalMaxPooling, maxPooling1d, maxPooling2d, type PoolingOptions } from "./model/graph/max-pooling.ts";
export { averagePooling1d, averagePooling2d, globalAveragePooling, type AveragePoolingOptions } from "./model/graph/average-pooling.ts";
export { flatten, reshape } from "./model/graph/reshape.ts";
export { transpose } from "./model/graph/transpose.ts";
export { activationLayer, type ActivationLayerOptions, type ActivationOption, type NetworkActivationName } from "./model/graph/activation-layer.ts";
export { batchNormalization, type BatchNormalizationOptions } from "./model/graph/batch-normalization.ts";
export { layerNormalization, type LayerNormalizationOptions } from "./model/graph/layer-normalization.ts";
export { affine, type AffineOptions } from "./model/graph/affine-layer.ts";
export { dropout } from "./model/graph/dropout.ts";
export { embedding } from "./model/graph/embedding.ts";
export { multiHeadAttention, type MultiHeadAttentionOptions } from "./model/graph/multi-head-attention.ts";
export { softmaxLayer } from "./model/graph/softmax-layer.ts";
export { residual, type ResidualOptions } from "./model/graph/residual.ts";
export { chain } from "./model/graph/chain.ts";
export { add, subtract } from "./model/graph/add.ts";
export { multiply } from "./model/graph/multiply.ts";
export { concatenate } from "./model/graph/concatenate.ts";
export { maximum, minimum } from "./model/graph/maximum.ts";
export { matrixProduct } from "./model/graph/matrix-product.ts";
export { mean, type MeanOptions } from "./model/graph/mean.ts";
export { select, zeroPadding, type SelectOptions, type ZeroPaddingOptions } from "./model/graph/select.ts";
export { elementwise, type ElementwiseName } from "./model/graph/elementwise-layer.ts";
export type { NamedLayer, NetworkEntry } from "./model/graph/entries.ts";
export type { Changes, FanIn, GradientRows, Layer, NetworkNode, Operation, OperationMap, OperationPass, OperationTensor } from "./model/graph/layer.ts";
export type { Shape } from "./model/graph/shape.ts";
export type { Padding, PerAxis } from "./model/graph/windows.ts";

export { activation, type Activation, type ActivationName } from "./model/activation.ts";
export type { DenseNetwork } from "./model/dense-network.ts";
export type { DenseLayer } from "./model/dense-pass.ts";
export type { ColumnScale } from "./model/standardized.ts";
export type { Evaluation, InputFeatures, LayerShape, LayeredEvaluation, LayeredModel, Model, OutputDerivatives, ParameterTensor } from "./model/model.ts";

export { gaussian, type GaussianLikelihood, type GaussianOptions } from "./likelihood/gaussian.ts";
export { bernoulli, type BernoulliLikelihood } from "./likelihood/bernoulli.ts";
export { categorical, type CategoricalLikelihood, type CategoricalPredictionOptions } from "./likelihood/categorical.ts";
export { poisson, type PoissonLikelihood, type PoissonOptions, type PoissonPredictionOptions } from "./likelihood/poisson.ts";
export { studentT, type StudentTLikelihood, type StudentTOptions } from "./likelihood/student-t.ts";
export { heteroscedastic, type HeteroscedasticLikelihood } from "./likelihood/heteroscedastic.ts";
export { measurements, type MeasurementsLikelihood, type MeasurementsOptions, type MeasurementsPredictionOptions } from "./likelihood/measurements.ts";
export { functionLikelihood, type LikelihoodFunction } from "./likelihood/function-likelihood.ts";
export { extendedMacKay } from "./likelihood/extended-mackay.ts";
export { laplaceBridge, type LaplaceBridgeOptions } from "./likelihood/laplace-bridge.ts";
export { probit, monteCarlo, type AveragedSoftmax, type Link, type MonteCarloOptions } from "./likelihood/link.ts";
export { moderated, type BernoulliPrediction } from "./likelihood/bernoulli-prediction.ts";
export { sigmoid } from "./sigmoid.ts";
export { softmax } from "./likelihood/softmax.ts";
export type { GaussianPrediction } from "./likelihood/gaussian-prediction.ts";
export type { StudentTPrediction } from "./likelihood/student-t-prediction.ts";
export type { HeteroscedasticPrediction } from "./likelihood/heteroscedastic-prediction.ts";
export type { RegressionPrediction } from "./likelihood/regression-prediction.ts";
export type { FunctionPrediction, FunctionPredictionOptions } from "./likelihood/function-prediction.ts";
export type { PoissonPrediction } from "./likelihood/poisson-prediction.ts";
export type { CategoricalPrediction } from "./likelihood/categorical-prediction.ts";
export type { Likelihood, OutputFactor } from "./likelihood/likelihood.ts";
export type { ClassUncertainty, Interval, OutputMoments, Prediction } from "./likelihood/prediction.ts";
export type { KeptOutputs, Predictor } from "./likelihood/predictor.ts";

export { isotropic, type PriorOptions } from "./prior/isotropic.ts";
export { perLayer, type PerLayerOptions } from "./prior/per-layer.ts";
export { automaticRelevance, type AutomaticRelevanceOptions } from "./prior/automatic-relevance.ts";
export { groups } from "./prior/groups.ts";
export { perWeight } from "./prior/per-weight.ts";
export type { Coupling, WeightMatrix } from "./prior/coupling.ts";
export type { GroupedPrior, Prior } from "./prior/prior.ts";

export { exact, outerProduct, empiricalFisher, monteCarloFisher, type CurvatureKind, type ExactCurvature, type ExactOptions, type FactorCurvature, type MonteCarloFisherOptions } from "./curvature/curvature.ts";
export { gradient, hessian, hessianDiagonal, hessianVectorProduct } from "./curvature/loss.ts";

export { full, type FullOptions } from "./structure/full.ts";
export { diagonal } from "./structure/diagonal.ts";
export { lowRank, type LowRankOptions } from "./structure/low-rank.ts";
export { kronecker, type KroneckerOptions } from "./structure/kronecker.ts";
export { blockDiagonal, type BlockDiagonalOptions } from "./structure/block-diagonal.ts";
export type { Batch, Curvature, Precision, Structure } from "./structure/structure.ts";

export { laplace, withMoreData, type LaplaceOptions } from "./posterior/laplace.ts";
export { mergePosteriors } from "./posterior/merge.ts";
export { posteriorAsPrior, type PosteriorAsPriorOptions } from "./posterior/posterior-as-prior.ts";
export { mixture, type Mixture, type MixtureOptions } from "./posterior/mixture.ts";
export { loadPosterior, savePosterior, type SavedPosterior } from "./posterior/save.ts";
export { Posterior, type PosteriorChanges, type PosteriorParts } from "./posterior/posterior.ts";
export { weightReport, type TensorReport, type WeightReport } from "./posterior/weight-report.ts";
export type { DataSource, DataTerm } from "./posterior/data-term.ts";

export { curvatureOperator, type CurvatureOperator, type CurvatureOperatorOptions } from "./spectrum/curvature-operator.ts";
export type { LinearOperator } from "./spectrum/linear-operator.ts";
export { largestEigenpairs, smallestEigenpairs, type EigenpairsOptions } from "./spectrum/eigenpairs.ts";
export type { Eigenpairs } from "./linalg/lanczos.ts";
export { estimateTrace, type TraceOptions } from "./spectrum/trace.ts";
export { estimateDiagonal, type DiagonalEstimate, type DiagonalOptions } from "./spectrum/diagonal.ts";
export { estimateLogDeterminant, type LogDeterminantEstimate, type LogDeterminantOptions } from "./spectrum/log-determinant.ts";
export type { Estimate } from "./spectrum/probes.ts";
export { spectralDensity, type SpectralDensity, type SpectralDensityOptions } from "./spectrum/spectral-density.ts";
export { conjugateGradient, type ConjugateGradientOptions, type LinearSolution } from "./spectrum/conjugate-gradient.ts";
export { modeCheck, type ModeCheck, type ModeCheckOptions } from "./spectrum/mode-check.ts";

export { crossCovariance, jointCovariance } from "./predictive/joint-covariance.ts";
export { functionDraws, type FunctionDrawOptions } from "./predictive/function-draws.ts";
export { linearized, predict, type PredictOptions } from "./predictive/predict.ts";
export { sampled, type SampledOptions } from "./predictive/sampled.ts";
export type { MethodOptions, PredictionComponents, PredictionMethod, PredictionOf } from "./predictive/method.ts";
export { coverage, meanLogDensity, rootMeanSquareError, type CoveredPrediction } from "./predictive/scores.ts";

export { brierScore } from "./calibration/brier-score.ts";
export { expectedCalibrationError, reliabilityBins, type CalibrationErrorOptions, type ReliabilityBin, type ReliabilityOptions } from "./calibration/reliability.ts";
export { equalMassBins, equalWidthBins, type Binning } from "./calibration/bins.ts";
export type { ClassPrediction } from "./calibration/class-events.ts";
export { continuousRankedProbabilityScore } from "./calibration/continuous-ranked-probability-score.ts";
export { coverageCurve, probabilityIntegralTransform, type CoveragePoint } from "./calibration/coverage-curve.ts";
export { temperatureScaling, type TemperatureScaling } from "./calibration/temperature-scaling.ts";

export { evidence, type EvidenceOptions, type EvidenceTerms } from "./evidence/evidence.ts";
export { evidenceGradient, type EvidenceGradient } from "./evidence/evidence-gradient.ts";
export { maximizeEvidence, reestimation, type MaximizeEvidenceOptions, type Reestimation, type ReestimationState } from "./evidence/maximize-evidence.ts";
export { importanceSampling, type ImportanceSampling, type ImportanceSamplingOptions } from "./evidence/importance-sampling.ts";
export { stochasticEvidence, type StochasticEvidence, type StochasticEvidenceOptions } from "./evidence/stochastic-evidence.ts";
export { compareModels, type Comparable, type ComparedModel, type Comparison } from "./evidence/compare-models.ts";
export { gridSearch, logarithmicGrid, type Grid, type GridPoint, type GridSearch, type GridSearchOptions } from "./evidence/grid-search.ts";
export { stackingWeights } from "./evidence/stacking.ts";
export { crossValidate, type CrossValidation, type CrossValidationOptions, type Predictive } from "./evidence/cross-validate.ts";

export { prune } from "./pruning/prune.ts";
export { pruned } from "./pruning/pruned.ts";
export { magnitude } from "./pruning/magnitude.ts";
export { optimalBrainDamage } from "./pruning/optimal-brain-damage.ts";
export { optimalBrainSurgeon, type OptimalBrainSurgeonOptions } from "./pruning/optimal-brain-surgeon.ts";
export type { PruneOptions, PruneUntil } from "./pruning/options.ts";
export type { Pruning, PruningStep, RemovalReport } from "./pruning/steps.ts";
export type { PruningScore } from "./pruning/judge.ts";
export type { PruningMethod, PruningTask, Removal } from "./pruning/method.ts";

export { quantize, type Quantized, type QuantizedLayer, type QuantizedPosterior, type QuantizeOptions } from "./quantisation/quantize.ts";
export type { OutputErrorBars, RoundingErrorBars } from "./quantisation/error-bars.ts";
export { bySensitivity, leastIncrease, type BitAllocation, type BitAllocationTask, type BitBudget } from "./quantisation/bit-allocation.ts";
export { allocateBits, type AllocatedBits, type BitChoice } from "./quantisation/allocate-bits.ts";
export { layerSensitivity, type LayerSensitivity, type SensitivityOptions, type SubsetOptions } from "./quantisation/sensitivity.ts";
export { uniformQuantization, type GridOptions, type QuantizedMatrix, type UniformQuantizationOptions } from "./quantisation/grid.ts";

export { train, type TrainOptions, type Trained } from "./training/train.ts";
export { adam, type AdamOptions } from "./training/adam.ts";
export { withEvidence, type EvidenceTraining, type WithEvidenceOptions } from "./evidence/with-evidence.ts";
export { lbfgs, type LbfgsOptions } from "./training/lbfgs.ts";
export { levenbergMarquardt, type LevenbergMarquardtOptions } from "./training/levenberg-marquardt.ts";
export type { Objective } from "./training/objective.ts";
export type { Epoch, Minimum, StopReason, TrainingMethod, TrainingTask } from "./training/method.ts";
export { fit, type FitOptions, type Fitted } from "./fit.ts";
export { networks, type Networks, type NetworksOptions } from "./networks.ts";
export type { FittedNetwork, FittedNetworks, TriedSize } from "./fit-networks.ts";
export type { ScaleTrend } from "./likelihood/scale-trend.ts";
export { committee, type Committee, type CommitteeOptions } from "./committee.ts";
