import { knownOptions } from "../../errors.ts";
import { copied, makeLayer, onlyInput, wrongShape, type Layer, type Operation } from "./layer.ts";
import { checkSight } from "./max-pooling.ts";
import type { Shape } from "./shape.ts";
import { channelsAndPositions, checkedWindow, windowsOver, type Padding, type PerAxis, type WindowOptions, type Windows } from "./windows.ts";

/**
 * Options of {@link averagePooling1d} and {@link averagePooling2d}.
 *
 * @category Models
 */
export interface AveragePoolingOptions {
  /** How far the window moves from place to place. Default: its size, so that windows do not overlap. */
  readonly stride?: PerAxis;
  /** Zeros around the input. Default `"valid"`: none. */
  readonly padding?: Padding;
  /** Whether those zeros count in the average. Default false, as in TensorFlow and ONNX; PyTorch's default is true. */
  readonly countPadding?: boolean;
}

/**
 * The average in a window that moves along one axis, for each channel of inputs of channels x length; see {@link averagePooling2d}.
 *
 * @category Models
 * @param kernel - Size of the window.
 * @example
 * ```ts
 * import { averagePooling1d, forward, network } from "laplace-ts";
 * const model = network([1, 4], [averagePooling1d(2)]);
 * console.log(forward(model, [[1, 3, 5, 9]]).to1DArray()); // [ 2, 7 ]
 * ```
 */
export function averagePooling1d(kernel: PerAxis, options: AveragePoolingOptions = {}): Layer {
  return averagePooling("averagePooling1d", "channels x length", 1, kernel, options);
}

/**
 * The average in a window that moves over an image, for each channel of inputs of channels x height x width.
 *
 * @category Models
 * @param kernel - Size of the window: a number, or `[height, width]`.
 * @throws {@link InvalidArgumentError} for sizes that are not whole numbers above 0, and where a window sees padding alone.
 * @example
 * ```ts
 * import { averagePooling2d, forward, network } from "laplace-ts";
 * console.log(forward(network([1, 2, 2], [averagePooling2d(2)]), [[1, 4, 3, 2]]).get(0, 0)); // 2.5
 * ```
 */
export function averagePooling2d(kernel: PerAxis, options: AveragePoolingOptions = {}): Layer {
  return averagePooling("averagePooling2d", "channels x height x width", 2, kernel, options);
}

/**
 * The average of each channel over all of its positions: inputs of channels x ... become channels.
 *
 * @category Models
 * @example
 * ```ts
 * import { forward, globalAveragePooling, network } from "laplace-ts";
 * const model = network([2, 3], [globalAveragePooling()]);
 * console.log(forward(model, [[1, 2, 3, 10, 20, 30]]).to1DArray()); // [ 2, 20 ]
 * ```
 */
export function globalAveragePooling(): Layer {
  return makeLayer("globalAveragePooling", [], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const around = shape.slice(1);
    const whole: WindowOptions = { kernel: around, stride: 1, dilation: 1, padding: "valid" };
    return averageOperation([shape[0]], windowsOver(name, around, whole), shape, false);
  });
}

function averagePooling(kind: string, expected: string, axes: number, size: PerAxis, given: AveragePoolingOptions): Layer {
  knownOptions("options", given, ["stride", "padding", "countPadding"]);
  const { kernel, ...options } = copied({ ...given, kernel: size });
  const window = { kernel, stride: options.stride ?? kernel, padding: options.padding ?? "valid", dilation: 1 };
  checkedWindow(window, axes);
  return makeLayer(kind, [kernel, options], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const seen = channelsAndPositions(shape, axes);
    if (seen === undefined) throw wrongShape(name, expected, shape);
    const windows = windowsOver(name, seen.around, window);
    checkSight(name, windows);
    return averageOperation([seen.channels, ...windows.shape], windows, shape, options.countPadding ?? false);
  });
}

function averageOperation(shape: Shape, windows: Windows, [channels, ...around]: Shape, countPadding: boolean): Operation {
  const { indices, positions, count } = windows;
  const area = around.reduce((product, size) => product * size, 1);
  const shares = Float64Array.from({ length: positions }, (_, p) => 1 / (countPadding ? count : indices.subarray(p * count, (p + 1) * count).reduce((seen, index) => seen + (index < 0 ? 0 : 1), 0)));
  const average = (z: Float64Array, into: Float64Array): void => {
    for (let start = 0, at = 0; start < z.length; start += area) {
      for (let p = 0; p < positions; p++) {
        let sum = 0;
        for (let k = p * count; k < (p + 1) * count; k++) if (indices[k] >= 0) sum += z[start + indices[k]];
        into[at++] += shares[p] * sum;
      }
    }
  };
  const spread = (u: Float64Array, into: Float64Array): void => {
    for (let start = 0, at = 0; at < u.length; start += area) {
      for (let p = 0; p < positions; p++) {
        const share = shares[p] * u[at++];
        for (let k = p * count; k < (p + 1) * count; k++) if (indices[k] >= 0) into[start + indices[k]] += share;
      }
    }
  };
  return {
    shape,
    tensors: [],
    evaluate: ([z], _, rows) => {
      const outputs = new Float64Array(rows * channels * positions);
      average(z, outputs);
      return {
        outputs,
        pull: (u, [into]) => {
          if (into !== undefined) spread(u, into);
        },
        push: ([change], _direction, into) => {
          if (change !== undefined) average(change, into);
        },
      };
    },
  };
}
