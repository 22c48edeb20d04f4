import { oneOf } from "../../errors.ts";
import { activationLayer } from "./activation-layer.ts";
import { add, subtract } from "./add.ts";
import { affine } from "./affine-layer.ts";
import { averagePooling1d, averagePooling2d, globalAveragePooling } from "./average-pooling.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { chain } from "./chain.ts";
import { concatenate } from "./concatenate.ts";
import { convolution1d, convolution2d } from "./convolution.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import type { Layer } from "./layer.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { matrixProduct } from "./matrix-product.ts";
import { maxPooling1d, maxPooling2d } from "./max-pooling.ts";
import { multiHeadAttention } from "./multi-head-attention.ts";
import { multiply } from "./multiply.ts";
import { flatten, reshape } from "./reshape.ts";
import { residual } from "./residual.ts";
import { softmaxLayer } from "./softmax-layer.ts";
import { transpose } from "./transpose.ts";

/** By kind, what makes a layer again from what its function was given. */
const LAYERS: Readonly<Record<string, (...given: never) => Layer>> = {
  activation: activationLayer,
  add,
  affine,
  averagePooling1d,
  averagePooling2d,
  batchNormalization,
  chain,
  concatenate,
  convolution1d,
  convolution2d,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePooling,
  layerNormalization,
  matrixProduct,
  maxPooling1d,
  maxPooling2d,
  multiHeadAttention,
  multiply,
  reshape,
  residual,
  softmax: softmaxLayer,
  subtract,
  transpose,
};

/** The layer of this kind that its function makes from what it was given. */
export function layerOfKind(kind: string, given: readonly unknown[]): Layer {
  const make = LAYERS[oneOf("kind", kind, Object.keys(LAYERS))] as (...given: readonly unknown[]) => Layer;
  return make(...given);
}
