import { InvalidArgumentError, knownOptions, wholeNumber } from "../../errors.ts";
import { activationOption, type ActivationOption } from "./activation-layer.ts";
import { copied, makeLayer, onlyInput, wrongShape, type Layer } from "./layer.ts";
import { linearOperation, type Patches } from "./linear-map.ts";
import { channelsAndPositions, checkedWindow, windowsOver, type Padding, type PerAxis, type WindowOptions, type Windows } from "./windows.ts";

/**
 * Options of {@link convolution1d} and {@link convolution2d}.
 *
 * @category Models
 */
export interface ConvolutionOptions {
  /** The number of output channels. */
  readonly filters: number;
  /** Size of the window: a number, or `[height, width]`. */
  readonly kernel: PerAxis;
  /** How far it moves from place to place. Default 1. */
  readonly stride?: PerAxis;
  /** How far apart the positions that it sees are. Default 1. */
  readonly dilation?: PerAxis;
  /** Zeros around the input. Default `"valid"`: none. */
  readonly padding?: Padding;
  /** Groups of channels with filters of their own; as many as channels make it a depthwise convolution. Default 1. */
  readonly groups?: number;
  /** Whether each filter has a bias. Default true. */
  readonly biases?: boolean;
  /** What its outputs go through. Default: nothing. */
  readonly activation?: ActivationOption;
}

/**
 * A convolution along one axis, of inputs of channels x length: as {@link convolution2d}, with weights of filters x channels of a group x kernel.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} as {@link convolution2d}.
 * @example
 * Causal: each output sees three inputs up to its own place.
 * ```ts
 * import { convolution1d, network } from "laplace-ts";
 * console.log(network([2, 50], [convolution1d({ filters: 4, kernel: 3, padding: [[2, 0]] })]).outputs); // 200
 * ```
 */
export function convolution1d(options: ConvolutionOptions): Layer {
  return convolution("convolution1d", "channels x length", 1, options);
}

/**
 * A convolution over images, channels x height x width, as deep learning has it (a cross-correlation):
 * $$a_{f, y, x} = b_f + \sum_{c, i, j} W_{f, c, i, j}\; z_{c,\; s y + d i - p,\; s x + d j - p}$$
 * with stride s, dilation d and padding p. It is one dense layer on the patches that the window sees, with the same weights at every place.
 *
 * Parameters: weights, filters x (channels of a group x kernel height x kernel width), in PyTorch's order, and biases. With G groups, the f-th G-th of the
 * filters sees the f-th G-th of the channels.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for sizes that are not whole numbers above 0, a padding or an activation that there is not, filters or channels that the
 * groups do not divide, and inputs that are smaller than the kernel.
 * @example
 * ```ts
 * import { convolution2d, network } from "laplace-ts";
 * const model = network([3, 32, 32], [convolution2d({ filters: 8, kernel: 3, stride: 2, padding: "same" })]);
 * console.log(model.outputs, model.parameters.length); // 2048 224
 * ```
 */
export function convolution2d(options: ConvolutionOptions): Layer {
  return convolution("convolution2d", "channels x height x width", 2, options);
}

function convolution(kind: string, expected: string, axes: number, given: ConvolutionOptions): Layer {
  knownOptions("options", given, ["filters", "kernel", "stride", "dilation", "padding", "groups", "biases", "activation"]);
  const options = copied(given);
  const { filters, kernel, stride = 1, dilation = 1, padding = "valid", groups = 1, biases = true } = options;
  wholeNumber("filters", filters, 1);
  wholeNumber("groups", groups, 1);
  if (filters % groups !== 0) throw new InvalidArgumentError({ argument: "filters", expected: `a multiple of the ${groups} groups`, received: `${filters}` });
  const window: WindowOptions = { kernel, stride, dilation, padding };
  checkedWindow(window, axes);
  return makeLayer(
    kind,
    [options],
    (name, shapes) => {
      const shape = onlyInput(name, shapes);
      const seen = channelsAndPositions(shape, axes);
      if (seen === undefined) throw wrongShape(name, expected, shape, "Channels come first; reshape() adds an axis, transpose() moves one.");
      const { channels, around, area } = seen;
      if (channels % groups !== 0) throw wrongShape(name, `channels that its ${groups} groups divide`, shape);
      const windows = windowsOver(name, around, window);
      return linearOperation({
        shape: [filters, ...windows.shape],
        positions: windows.positions,
        groups,
        inputs: (channels / groups) * windows.count,
        outputs: filters / groups,
        biases,
        features: channels,
        channelsFirst: windows.positions > 1,
        patches: imagePatches(channels, area, windows),
      });
    },
    activationOption(options.activation),
  );
}

/** What a window sees of all channels, at each of its places: P x (channels x count). */
function imagePatches(channels: number, area: number, { indices, positions, count }: Windows): Patches {
  return {
    gather: (inputs, from, to, into) => {
      let at = 0;
      for (let n = from; n < to; n++) {
        for (let p = 0; p < positions; p++) {
          for (let plane = n * channels * area; plane < (n + 1) * channels * area; plane += area) {
            for (let k = p * count; k < (p + 1) * count; k++) into[at++] = indices[k] < 0 ? 0 : inputs[plane + indices[k]];
          }
        }
      }
    },
    scatter: (patches, from, to, into) => {
      let at = 0;
      for (let n = from; n < to; n++) {
        for (let p = 0; p < positions; p++) {
          for (let plane = n * channels * area; plane < (n + 1) * channels * area; plane += area) {
            for (let k = p * count; k < (p + 1) * count; k++, at++) if (indices[k] >= 0) into[plane + indices[k]] += patches[at];
          }
        }
      }
    },
  };
}
