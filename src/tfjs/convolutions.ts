import { convolution1d, convolution2d, type ConvolutionOptions } from "../model/graph/convolution.ts";
import type { Config, Convert } from "./conversion.ts";
import { addLayer, channelsFirst, type GraphBuilder, type Value } from "./graph-builder.ts";
import type { Weights } from "./tensor-flow.ts";
import { transposed } from "./transposed.ts";

/** Conv1D and Conv2D: a kernel of (height x) width x channels x filters becomes filters x channels (x height) x width. */
export const convolution: Convert = ({ name, config, weights: [kernel, biases], inputs: [input], shape }, graph) => {
  const rank = kernel.shape.length;
  const weights = transposed(kernel, [rank - 1, rank - 2, ...kernel.shape.slice(0, -2).keys()]);
  const window = windowOf(config);
  if (window === undefined) return undefined;
  const options: ConvolutionOptions = { ...window, filters: kernel.shape[rank - 1], biases: biases !== undefined };
  const layer = rank === 3 ? convolution1d(options) : convolution2d(options);
  return { shape, first: addLayer(graph, name, layer, [channelsFirst(graph, input)], weights, biases?.values) };
};

/** DepthwiseConv2D. */
export const depthwise: Convert = ({ name, config, weights: [kernel, biases], inputs: [input], shape }, graph) => {
  const channelwise = addDepthwise(graph, name, config, kernel, biases, input);
  return channelwise === undefined ? undefined : { shape, first: channelwise };
};

/** SeparableConv2D: a convolution of each channel, and one that mixes channels at each place. */
export const separable: Convert = ({ name, config, weights: [kernel, mixing, biases], inputs: [input], shape }, graph) => {
  const channelwise = addDepthwise(graph, `${name}.depthwise`, config, kernel, undefined, input);
  if (channelwise === undefined) return undefined;
  const layer = convolution2d({ filters: mixing.shape[3], kernel: 1, biases: biases !== undefined });
  return { shape, first: addLayer(graph, `${name}.pointwise`, layer, [channelwise], transposed(mixing, [3, 2, 0, 1]), biases?.values) };
};

/** A convolution of each channel by filters of its own: a kernel of height x width x channels x filters of a channel. */
function addDepthwise(graph: GraphBuilder, name: string, config: Config, kernel: Weights, biases: Weights | undefined, input: Value): string | undefined {
  const window = windowOf(config);
  if (window === undefined) return undefined;
  const [, , channels, filters] = kernel.shape;
  const layer = convolution2d({ ...window, filters: channels * filters, groups: channels, biases: biases !== undefined });
  return addLayer(graph, name, layer, [channelsFirst(graph, input)], transposed(kernel, [2, 3, 0, 1]), biases?.values);
}

function windowOf({ kernelSize, strides, dilationRate, padding }: Config): Pick<ConvolutionOptions, "kernel" | "stride" | "dilation" | "padding"> | undefined {
  if (padding !== "same" && padding !== "valid") return undefined;
  return { kernel: kernelSize!, stride: strides ?? 1, dilation: dilationRate ?? 1, padding };
}
