import { InvalidArgumentError, knownOptions } from "../../errors.ts";
import { copied, makeLayer, onlyInput, wrongShape, type Layer, type OperationPass } from "./layer.ts";
import { sizeOf } from "./shape.ts";
import { channelsAndPositions, checkedWindow, windowsOver, type Padding, type PerAxis, type Windows } from "./windows.ts";

/**
 * Options of {@link maxPooling1d} and {@link maxPooling2d}.
 *
 * @category Models
 */
export interface PoolingOptions {
  /** How far the window moves from place to place. Default: its size, so that windows do not overlap. */
  readonly stride?: PerAxis;
  /** What surrounds the input, and is never seen. Default `"valid"`: nothing. */
  readonly padding?: Padding;
  /** How far apart the positions that it sees are. Default 1. */
  readonly dilation?: PerAxis;
}

/**
 * The largest value in a window that moves along one axis, for each channel of inputs of channels x length; see {@link maxPooling2d}.
 *
 * @category Models
 * @param kernel - Size of the window.
 * @example
 * ```ts
 * import { forward, maxPooling1d, network } from "laplace-ts";
 * const model = network([1, 4], [maxPooling1d(2)]);
 * console.log(forward(model, [[1, 3, 9, 5]]).to1DArray()); // [ 3, 9 ]
 * ```
 */
export function maxPooling1d(kernel: PerAxis, options: PoolingOptions = {}): Layer {
  return maxPooling("maxPooling1d", "channels x length", 1, kernel, options);
}

/**
 * The largest value in a window that moves over an image, for each channel of inputs of channels x height x width.
 *
 * Derivatives are those of the value that is the largest, of equals the first: right almost everywhere, as relu's are. Second derivatives are zero, so that
 * {@link exact} curvature knows the bending of all other layers alone.
 *
 * @category Models
 * @param kernel - Size of the window: a number, or `[height, width]`.
 * @throws {@link InvalidArgumentError} for sizes that are not whole numbers above 0, and where a window sees padding alone.
 * @example
 * ```ts
 * import { forward, maxPooling2d, network } from "laplace-ts";
 * console.log(forward(network([1, 2, 2], [maxPooling2d(2)]), [[1, 4, 3, 2]]).get(0, 0)); // 4
 * ```
 */
export function maxPooling2d(kernel: PerAxis, options: PoolingOptions = {}): Layer {
  return maxPooling("maxPooling2d", "channels x height x width", 2, kernel, options);
}

/**
 * The largest value of each channel over all of its positions: inputs of channels x ... become channels.
 *
 * @category Models
 * @example
 * ```ts
 * import { forward, globalMaxPooling, network } from "laplace-ts";
 * const model = network([2, 3], [globalMaxPooling()]);
 * console.log(forward(model, [[1, 3, 2, 10, 30, 20]]).to1DArray()); // [ 3, 30 ]
 * ```
 */
export function globalMaxPooling(): Layer {
  return makeLayer("globalMaxPooling", [], (name, shapes) => {
    const [channels, ...around] = onlyInput(name, shapes);
    const windows = windowsOver(name, around, { kernel: around, stride: 1, dilation: 1, padding: "valid" });
    return { shape: [channels], tensors: [], evaluate: ([z], _, rows) => maxPass(z, rows * channels, sizeOf(around), windows) };
  });
}

function maxPooling(kind: string, expected: string, axes: number, size: PerAxis, given: PoolingOptions): Layer {
  knownOptions("options", given, ["stride", "padding", "dilation"]);
  const { kernel, ...options } = copied({ ...given, kernel: size });
  const window = { kernel, stride: options.stride ?? kernel, padding: options.padding ?? "valid", dilation: options.dilation ?? 1 };
  checkedWindow(window, axes);
  return makeLayer(kind, [kernel, options], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const seen = channelsAndPositions(shape, axes);
    if (seen === undefined) throw wrongShape(name, expected, shape);
    const { channels, around, area } = seen;
    const windows = windowsOver(name, around, window);
    checkSight(name, windows);
    return { shape: [channels, ...windows.shape], tensors: [], evaluate: ([z], _, rows) => maxPass(z, rows * channels, area, windows) };
  });
}

/** Throws where a window has nothing but padding to see. */
export function checkSight(name: string, { indices, positions, count }: Windows): void {
  for (let p = 0; p < positions; p++) {
    if (indices.subarray(p * count, (p + 1) * count).every((index) => index < 0)) throw new InvalidArgumentError({ argument: name, expected: "windows that see a part of the input each", received: `one of padding alone, at place ${p + 1} of ${positions}`, advice: "Take less padding." });
  }
}

function maxPass(z: Float64Array, planes: number, area: number, { indices, positions, count }: Windows): OperationPass {
  const outputs = new Float64Array(planes * positions);
  const chosen = new Int32Array(outputs.length);
  for (let plane = 0, at = 0; plane < planes; plane++) {
    const start = plane * area;
    for (let p = 0; p < positions; p++, at++) {
      let best = -1;
      for (let k = p * count; k < (p + 1) * count; k++) if (indices[k] >= 0 && (best < 0 || z[start + indices[k]] > z[best])) best = start + indices[k];
      chosen[at] = best;
      outputs[at] = z[best];
    }
  }
  return {
    outputs,
    pull: (u, [into]) => {
      if (into !== undefined) for (let i = 0; i < u.length; i++) into[chosen[i]] += u[i];
    },
    push: ([change], _, into) => {
      if (change !== undefined) for (let i = 0; i < into.length; i++) into[i] += change[chosen[i]];
    },
  };
}
