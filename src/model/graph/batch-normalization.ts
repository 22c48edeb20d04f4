import { InvalidArgumentError, knownOptions, positive } from "../../errors.ts";
import { entriesAlong, entryValues, fixedAffine, freeAffine } from "./affine.ts";
import { copied, makeLayer, onlyInput, type Layer } from "./layer.ts";
import { checkedAxis } from "./shape.ts";

/**
 * Options of {@link batchNormalization}. Lists have one number for each channel.
 *
 * @category Models
 */
export interface BatchNormalizationOptions {
  /** Running means. Default 0. */
  readonly mean?: ArrayLike<number>;
  /** Running variances. Default 1. */
  readonly variance?: ArrayLike<number>;
  /** The factors $\gamma$ (in PyTorch `weight`). Default 1. */
  readonly scale?: ArrayLike<number>;
  /** The shifts $\beta$ (in PyTorch `bias`). Default 0. */
  readonly shift?: ArrayLike<number>;
  /** What is added to the variance. Default 1e-5, as in PyTorch and ONNX; TensorFlow's is 1e-3. */
  readonly epsilon?: number;
  /** The axis of the channels. Default 0. */
  readonly axis?: number;
  /** Whether factors and shifts are parameters. Default false: they are constants. */
  readonly free?: boolean;
}

/**
 * Batch normalisation as it is at inference, with the running statistics that training left, an affine map of each channel:
 * $$y = \gamma\, \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta.$$
 *
 * The statistics are constants, whatever the batch: a network here is a function of one example. Factors and shifts are constants as well unless `free`, since a prior
 * around 0 suits no factor that is about 1; with `free`, they are the layer's weights and biases, and the prior should have a mean of 1 for the weights, as
 * {@link isotropic} takes it in `mean`.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for other numbers of entries than there are channels, and variances below 0.
 * @example
 * ```ts
 * import { batchNormalization, forward, network } from "laplace-ts";
 * const model = network([2], [batchNormalization({ mean: [1, 2], variance: [4, 9] })]);
 * console.log(forward(model, [[3, 5]]).to1DArray().map((y) => y.toFixed(3)).join(" ")); // 1.000 1.000
 * ```
 */
export function batchNormalization(given: BatchNormalizationOptions = {}): Layer {
  knownOptions("options", given, ["mean", "variance", "scale", "shift", "epsilon", "axis", "free"]);
  const options = copied(given);
  const { epsilon = 1e-5, axis = 0, free = false } = options;
  positive("epsilon", epsilon);
  const bad = Array.from(options.variance ?? []).find((variance) => !(variance >= 0));
  if (bad !== undefined) throw new InvalidArgumentError({ argument: "variance", expected: "numbers of at least 0", received: `${bad}` });
  return makeLayer("batchNormalization", [options], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const channels = checkedAxis(`${name}: axis`, axis, shape);
    const values = (argument: "mean" | "variance" | "scale" | "shift", otherwise: number): Float64Array => entryValues(name, argument, options[argument], shape[channels], otherwise);
    const [mean, variance, scale, shift] = [values("mean", 0), values("variance", 1), values("scale", 1), values("shift", 0)];
    const entries = entriesAlong(shape, [channels]);
    const factors = variance.map((v) => 1 / Math.sqrt(v + epsilon));
    if (!free) return fixedAffine({ shape, entries, scale: scale.map((s, c) => s * factors[c]), shift: shift.map((t, c) => t - scale[c] * factors[c] * mean[c]) });
    const standardized = fixedAffine({ shape, entries, scale: factors, shift: mean.map((m, c) => -m * factors[c]) });
    return [
      { name: "standardized", layer: makeLayer("affine", [], () => standardized) },
      { name: "", layer: makeLayer("affine", [], () => freeAffine({ shape, entries, scale, shift })) },
    ];
  });
}
