import { Matrix } from "ml-matrix";
import { empiricalFisher, exact, outerProduct } from "../src/curvature/curvature.ts";
import type { ParameterTensor } from "../src/model/model.ts";
import { blockDiagonal } from "../src/structure/block-diagonal.ts";
import { diagonal } from "../src/structure/diagonal.ts";
import { full } from "../src/structure/full.ts";
import { lowRank } from "../src/structure/low-rank.ts";
import { kronecker } from "../src/structure/kronecker.ts";
import type { KindRow, StructureRow } from "./conformance.ts";
import { twinApproximateDiagonal, twinEmpiricalFisher, twinHessian, twinOuterProduct, type Twin } from "./support/dense-twin.ts";
import { separablePrecisions, twinKronecker } from "./support/kronecker-twin.ts";
import { WITHOUT_LAYERS, twinConvolution, twinFunction, twinLastLayer, twinNetwork, twinPairwise, twinSubnetwork, type TwinModel } from "./support/twin-models.ts";
import { textbookBernoulli, textbookCategorical, textbookFunction, textbookGaussian, textbookHeteroscedastic, textbookMeasurements, textbookPoisson, textbookStudentT } from "./support/textbook-likelihoods.ts";

/** Curvature of the form J' S S' J, positive semidefinite everywhere. */
export const FACTOR_KINDS: readonly KindRow[] = [
  { name: "outer product", kind: outerProduct(), hessian: twinOuterProduct, atMode: false },
  { name: "empirical Fisher", kind: empiricalFisher(), hessian: twinEmpiricalFisher, atMode: false },
];

const EXACT: KindRow = { name: "exact", kind: exact(), hessian: twinHessian, atMode: true };
const APPROXIMATE: KindRow = { name: "approximate diagonal", kind: exact({ diagonal: "approximate" }), hessian: twinApproximateDiagonal, atMode: true };

/** The entries between parameters of the same block; the block of a parameter follows from its tensor and row. */
function sameBlock(hessian: Matrix, { model }: Twin, blockOf: (tensor: ParameterTensor, row: number) => string): Matrix {
  const blocks = model.tensors.flatMap((tensor) => Array.from({ length: tensor.rows * tensor.columns }, (_, i) => blockOf(tensor, Math.floor(i / tensor.columns))));
  return hessian.clone().apply(function (this: Matrix, i: number, j: number) {
    if (blocks[i] !== blocks[j]) this.set(i, j, 0);
  });
}

/** All structures: a new one is a row here. */
export const STRUCTURES: readonly StructureRow[] = [
  { name: "full() in weight space", structure: full({ space: "weight" }), kinds: [...FACTOR_KINDS, EXACT], kept: (hessian) => hessian, gaps: [] },
  { name: "full() in function space", structure: full({ space: "function" }), kinds: FACTOR_KINDS, kept: (hessian) => hessian, gaps: [] },
  {
    name: "diagonal()",
    structure: diagonal(),
    kinds: [...FACTOR_KINDS, EXACT, APPROXIMATE],
    kept: (hessian) => Matrix.diag(hessian.diagonal()),
    gaps: [...WITHOUT_LAYERS, twinConvolution].map(({ name }) => ({ kind: APPROXIMATE.name, model: name, message: /approximate diagonal .* needs a chain of dense layers/ })),
  },
  // With as many eigenpairs as there are, it keeps all. That it keeps the largest is tested apart, since batches do not add up exactly then.
  { name: "lowRank()", structure: lowRank({ rank: 1000 }), kinds: FACTOR_KINDS, kept: (hessian) => hessian, gaps: [] },
  {
    name: "kronecker()",
    structure: kronecker(),
    kinds: FACTOR_KINDS,
    kept: (_, twin, kind) => twinKronecker(twin, kind),
    precisions: separablePrecisions,
    gaps: FACTOR_KINDS.flatMap((kind) => WITHOUT_LAYERS.map((model) => ({ kind: kind.name, model: model.name, message: /^kronecker\(\) needs a model with layers.*use full\(\), blockDiagonal\(\) or diagonal\(\)/ }))),
  },
  { name: "blockDiagonal()", structure: blockDiagonal(), kinds: [...FACTOR_KINDS, EXACT], kept: (hessian, twin) => sameBlock(hessian, twin, ({ layer }) => `${layer}`), gaps: [] },
  { name: "blockDiagonal() of tensors", structure: blockDiagonal({ blocks: "tensor" }), kinds: FACTOR_KINDS, kept: (hessian, twin) => sameBlock(hessian, twin, ({ name }) => name), gaps: [] },
  {
    name: "blockDiagonal() of units",
    structure: blockDiagonal({ blocks: "unit" }),
    kinds: [...FACTOR_KINDS, EXACT],
    kept: (hessian, twin) => sameBlock(hessian, twin, ({ layer }, row) => `${layer}, ${row}`),
    gaps: [...FACTOR_KINDS, EXACT].flatMap((kind) => WITHOUT_LAYERS.map((model) => ({ kind: kind.name, model: model.name, message: /^blockDiagonal\(\{ blocks: "unit" \}\) needs a model with layers.*"layer" or "tensor"/ }))),
  },
];

/** All likelihoods. */
export const LIKELIHOODS = [textbookGaussian(1), textbookGaussian(2), textbookBernoulli(), textbookBernoulli(2), textbookCategorical(3), textbookPoisson(2), textbookHeteroscedastic(), textbookMeasurements(), textbookStudentT(2), textbookFunction()];

/** Models of each sort. */
export const MODELS: readonly TwinModel[] = [
  twinNetwork("linear", 2, []),
  twinNetwork("one hidden layer", 2, [[2, "tanh"]]),
  twinNetwork("two hidden layers of different activations", 1, [[2, "silu"], [2, "sigmoid"]]),
  twinNetwork("no biases", 2, [[2, "softplus"]], false),
  twinFunction,
  twinLastLayer,
  twinSubnetwork,
  twinPairwise,
  twinConvolution,
];
