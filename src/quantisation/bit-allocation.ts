import type { Data } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, positive } from "../errors.ts";
import { dot } from "../linalg/vector.ts";
import type { ParameterTensor } from "../model/model.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import type { CurvatureOperator } from "../spectrum/curvature-operator.ts";
import { allocateBits, type BitChoice } from "./allocate-bits.ts";
import { checkedBits, groupStarts, sizeInBits, type Grid, type GridOptions } from "./grid.ts";
import { roundedTensor, roundingError, weightCount } from "./rounding.ts";
import { checkedSubsets, layerSensitivity, type SubsetOptions } from "./sensitivity.ts";

/**
 * What a {@link BitAllocation} is asked to do.
 *
 * @category Quantisation
 */
export interface BitAllocationTask {
  /** The curvature of the data error of the model, at the weights to be rounded. */
  readonly operator: CurvatureOperator;
  /** The data that it is of. */
  readonly data: Data;
  /** Those to be rounded. */
  readonly tensors: readonly ParameterTensor[];
  /** Which weights share a scale. */
  readonly grid: Required<GridOptions>;
  /** Abort signal and progress, to hand on. */
  readonly job: JobOptions;
}

/**
 * A rule for how many bits each layer has: {@link leastIncrease}, {@link bySensitivity}.
 *
 * @category Quantisation
 */
export interface BitAllocation {
  /** For reports: `"least increase"`. */
  readonly name: string;
  /** Bits for each tensor. */
  bits(task: BitAllocationTask): Promise<readonly number[]>;
}

/**
 * How large a quantised model may be: one of the two sizes, and the bits that a layer may have.
 *
 * @category Quantisation
 */
export interface BitBudget {
  /** Bits of a code, averaged over all weights that are rounded; scales and zero points are not counted. */
  readonly meanBits?: number;
  /** Bits that codes, scales and zero points take in all. Weights that are not rounded are not counted. */
  readonly size?: number;
  /** Bits of a code that a layer may have. Default `[2, 3, 4, 8]`. */
  readonly choices?: readonly number[];
}

/**
 * Gives each layer the bits for which the predicted increases of the loss add up to least within a budget: with $\delta_l(b)$ the rounding error of layer l at b bits,
 * $$\min_b \sum_l \tfrac12 \delta_l(b_l)^\top H_{ll}\, \delta_l(b_l) .$$
 * All layers are rounded to all choices, with one product $H v$ for each, and {@link allocateBits} finds the least. Unlike {@link bySensitivity} it sees the rounding errors themselves, in size and direction; what is left out is how those of different layers
 * add up, $\delta_l^\top H_{lm} \delta_m$.
 *
 * @category Quantisation
 * @throws {@link InvalidArgumentError} for a budget of no or two sizes, or of bits that a code cannot have; where it is used, for one below the least that the choices take.
 * @example
 * ```ts
 * import { gaussian, leastIncrease, mlp, quantize, random, train } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => 4 * source.uniform() - 2);
 * const data = { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal()) };
 * const trained = await train(mlp([1, 10, 10, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const { layers } = await quantize(trained, data, { bits: leastIncrease({ meanBits: 4 }) });
 * console.log(layers.map(({ name, bits }) => `${name} ${bits}`).join(", ")); // layer1.weights 8, layer2.weights 3, layer3.weights 8
 * ```
 */
export function leastIncrease(budget: BitBudget): BitAllocation {
  const { sizeOf, limit, choices } = checkedBudget(budget, []);
  return {
    name: "least increase",
    bits: async ({ operator, tensors, grid, job }) => {
      const { model } = operator;
      const checkpoint = checkpoints(job);
      const layers: BitChoice[][] = [];
      for (const [t, tensor] of tensors.entries()) {
        const own: BitChoice[] = [];
        for (const bits of choices) {
          const error = roundingError(model, tensor, roundedTensor(model, tensor, bits, grid));
          const increase = 0.5 * dot(error, await operator.times(error, signalOf(job)));
          own.push({ bits, size: sizeOf(tensor, bits, grid), increase });
          await checkpoint({ stage: "bit allocation", done: t * choices.length + own.length, total: tensors.length * choices.length });
        }
        layers.push(own);
      }
      return allocateBits(layers, limit(tensors)).bits;
    },
  };
}

/**
 * Gives more bits to layers that are more sensitive, in the order of {@link layerSensitivity}, as Q-BERT does (Shen et al. 2020): there are two numbers of bits, as in the 2/3-bit and 2/4-bit models of the paper, the higher one for the
 * most sensitive layers. The paper chooses them by hand. Here it is the two of the choices, and the number of layers that get the higher one, that come nearest to the budget without exceeding it; of equals, those that differ least.
 *
 * @category Quantisation
 * @throws {@link InvalidArgumentError} as {@link leastIncrease} does, and for options of the subsets.
 * @example
 * ```ts
 * import { gaussian, bySensitivity, mlp, quantize, random, train } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => 4 * source.uniform() - 2);
 * const data = { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal()) };
 * const trained = await train(mlp([1, 10, 10, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const { layers } = await quantize(trained, data, { bits: bySensitivity({ meanBits: 3.9 }) });
 * console.log(layers.map(({ name, bits }) => `${name} ${bits}`).join(", ")); // layer1.weights 3, layer2.weights 4, layer3.weights 3
 * ```
 */
export function bySensitivity(options: BitBudget & SubsetOptions): BitAllocation {
  const { sizeOf, limit, choices } = checkedBudget(options, ["subsets", "share", "seed"]);
  const subsets = checkedSubsets(options);
  return {
    name: "by sensitivity",
    bits: async ({ operator: { model, likelihood, curvature }, data, tensors, grid, job }) => {
      const most = limit(tensors);
      const sizes = (bits: number): number[] => tensors.map((tensor) => sizeOf(tensor, bits, grid));
      const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
      const least = total(sizes(choices[0]));
      if (least > most) throw new InvalidArgumentError({ argument: "budget", expected: `at least ${least}, the least that the choices take together`, received: String(most), advice: "Allow fewer bits among the choices, or larger groups." });
      const sensitivities = await layerSensitivity(model, likelihood, data, { ...subsets, curvature, biases: tensors.some(({ role }) => role === "biases"), ...job });
      const rank = rankOf(sensitivities.map(({ sensitivity }) => sensitivity));
      let best = { size: least, high: choices[0], low: choices[0], count: 0 };
      for (const [h, high] of choices.entries()) {
        for (const low of choices.slice(0, h + 1)) {
          const [ofHigh, ofLow] = [sizes(high), sizes(low)];
          for (let count = 1; count <= tensors.length; count++) {
            const size = total(tensors.map((_, t) => (rank[t] < count ? ofHigh[t] : ofLow[t])));
            if (size <= most && (size > best.size || (size === best.size && high - low < best.high - best.low))) best = { size, high, low, count };
          }
        }
      }
      return tensors.map((_, t) => (rank[t] < best.count ? best.high : best.low));
    },
  };
}

/** How many others are larger: 0 for the largest. */
function rankOf(values: readonly number[]): number[] {
  return values.map((value, t) => values.filter((other, u) => other > value || (other === value && u < t)).length);
}

/** A budget as functions of what is to be rounded. */
interface CheckedBudget {
  /** In ascending order, each once. */
  readonly choices: readonly number[];
  /** What counts of a tensor. */
  readonly sizeOf: (tensor: ParameterTensor, bits: number, grid: Grid) => number;
  /** The most that all may count. */
  readonly limit: (tensors: readonly ParameterTensor[]) => number;
}

function checkedBudget(budget: BitBudget, others: readonly string[]): CheckedBudget {
  knownOptions("budget", budget, ["meanBits", "size", "choices", ...others]);
  const { meanBits, size, choices = [2, 3, 4, 8] } = budget;
  if ((meanBits === undefined) === (size === undefined)) throw new InvalidArgumentError({ argument: "budget", expected: "either meanBits or size", received: meanBits === undefined ? "neither" : "both" });
  if (!Array.isArray(choices) || choices.length === 0) throw new InvalidArgumentError({ argument: "budget.choices", expected: "at least one number of bits", received: describe(choices) });
  const sorted = [...new Set(choices.map((bits: unknown, i) => checkedBits(`budget.choices[${i}]`, bits)))].sort((a, b) => a - b);
  if (meanBits !== undefined) {
    positive("budget.meanBits", meanBits);
    return { choices: sorted, sizeOf: (tensor, bits) => bits * weightCount(tensor), limit: (tensors) => meanBits * tensors.reduce((sum, tensor) => sum + weightCount(tensor), 0) };
  }
  const most = positive("budget.size", size);
  return {
    choices: sorted,
    sizeOf: (tensor, bits, { groupSize, scheme }) => sizeInBits(weightCount(tensor), groupStarts(tensor.rows, tensor.columns, groupSize).length, bits, scheme),
    limit: () => most,
  };
}

/** The abort signal alone. */
export function signalOf({ signal }: JobOptions): Pick<JobOptions, "signal"> {
  return signal === undefined ? {} : { signal };
}
