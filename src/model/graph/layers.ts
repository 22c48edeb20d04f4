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
import { elementwise } from "./elementwise-layer.ts";
import { embedding } from "./embedding.ts";
import type { Layer } from "./layer.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { matrixProduct } from "./matrix-product.ts";
import { globalMaxPooling, maxPooling1d, maxPooling2d } from "./max-pooling.ts";
import { maximum, minimum } from "./maximum.ts";
import { mean } from "./mean.ts";
import { multiHeadAttention } from "./multi-head-attention.ts";
import { multiply } from "./multiply.ts";
import { flatten, reshape } from "./reshape.ts";
import { residual } from "./residual.ts";
import { select, zeroPadding } from "./select.ts";
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
  elementwise,
  embedding,
  flatten,
  globalAveragePooling,
  globalMaxPooling,
  layerNormalization,
  matrixProduct,
  maxPooling1d,
  maxPooling2d,
  maximum,
  mean,
  minimum,
  multiHeadAttention,
  multiply,
  reshape,
  residual,
  select,
  softmax: softmaxLayer,
  subtract,
  transpose,
  zeroPadding,
};

/** The layer of this kind that its function makes from what it was given. */
export function layerOfKind(kind: string, given: readonly unknown[]): Layer {
  const make = LAYERS[oneOf("kind", kind, Object.keys(LAYERS))] as (...given: readonly unknown[]) => Layer;
  return make(...given);
}
