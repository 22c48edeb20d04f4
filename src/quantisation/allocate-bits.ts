import { InvalidArgumentError, describe } from "../errors.ts";

/**
 * A number of bits that a layer may have, and what it costs.
 *
 * @category Quantisation
 */
export interface BitChoice {
  /** Of each weight. */
  readonly bits: number;
  /** Bits that the whole layer takes, or any other measure that adds up over layers. */
  readonly size: number;
  /** By how much the loss is expected to rise. */
  readonly increase: number;
}

/**
 * What {@link allocateBits} finds.
 *
 * @category Quantisation
 */
export interface AllocatedBits {
  /** Of each layer, in their order. */
  readonly bits: readonly number[];
  /** Of all layers. */
  readonly size: number;
  /** Of all layers. */
  readonly increase: number;
}

/** Choices for some of the layers, the last first. */
interface Partial {
  readonly size: number;
  readonly increase: number;
  readonly last: BitChoice;
  readonly others: Partial | undefined;
}

/** A bound that exceeds the best by less than this share is rounding. */
const ROUNDING = 1e-12;

/**
 * One choice for each layer, such that the expected increases add up to the least that a budget allows:
 * $$\min_b \sum_l \Delta_l(b_l) \quad \text{subject to} \quad \sum_l s_l(b_l) \le B .$$
 * The result is exact (a multiple-choice knapsack problem): layer after layer, partial choices are kept that no other beats in both size and increase, and whose Lagrangian bound
 * $\sum_l \Delta_l - \lambda (B - \sum_l s_l) + \sum_\text{rest} \min_b (\Delta_l + \lambda s_l)$ is not above what the multiplier $\lambda$ alone finds (Kellerer, Pferschy & Pisinger 2004, chapter 11).
 *
 * @category Quantisation
 * @param layers - The choices of each.
 * @param budget - B, the most that the sizes may add up to.
 * @throws {@link InvalidArgumentError} for a layer without choices, numbers that are not finite, and a budget below the least size of all.
 * @example
 * ```ts
 * import { allocateBits } from "laplace-ts";
 * const flat = [{ bits: 2, size: 200, increase: 0.3 }, { bits: 4, size: 400, increase: 0.02 }];
 * const steep = [{ bits: 2, size: 20, increase: 9 }, { bits: 4, size: 40, increase: 0.5 }];
 * console.log(allocateBits([flat, steep], 300).bits.join()); // 2,4
 * ```
 */
export function allocateBits(layers: readonly (readonly BitChoice[])[], budget: number): AllocatedBits {
  checkChoices(layers);
  checkBudget(layers, budget);
  const { multiplier, chosen } = lagrangian(layers, budget);
  const found = allocation(chosen);
  if (multiplier === 0) return found;

  const leastSizes = layers.map((choices) => least(choices, ({ size }) => size));
  const leastTerms = layers.map((choices) => least(choices, (choice) => priced(choice, multiplier)));
  const allowance = multiplier * budget;
  // A little above what was found, so that rounding drops no optimum.
  const limit = found.increase + allowance + ROUNDING * (allowance + added(leastTerms.map(Math.abs)));
  let [room, rest] = [budget - added(leastSizes), added(leastTerms)];
  let states: readonly (Partial | undefined)[] = [undefined];
  layers.forEach((choices, l) => {
    room += leastSizes[l];
    rest -= leastTerms[l];
    const next = states.flatMap((others) => choices.map((last): Partial => ({ size: (others?.size ?? 0) + last.size, increase: (others?.increase ?? 0) + last.increase, last, others })));
    states = undominated(next.filter((state) => state.size <= room && priced(state, multiplier) + rest <= limit));
  });
  const best = states.at(-1);
  return best === undefined || best.increase >= found.increase ? found : allocation(choicesOf(best));
}

/** The choices that are best where a bit costs the multiplier, the least one at which they keep to the budget: 0 where all fit that are best without. */
function lagrangian(layers: readonly (readonly BitChoice[])[], budget: number): { readonly multiplier: number; readonly chosen: readonly BitChoice[] } {
  const at = (multiplier: number): readonly BitChoice[] => layers.map((choices) => choices.reduce((best, choice) => (isBetter(choice, best, multiplier) ? choice : best)));
  const fits = (chosen: readonly BitChoice[]): boolean => added(chosen.map(({ size }) => size)) <= budget;
  if (fits(at(0))) return { multiplier: 0, chosen: at(0) };
  const steepest = layers.reduce((most, choices) => Math.max(most, slope(choices)), 0);
  let [low, high] = [0, 2 * steepest];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = 0.5 * (low + high);
    if (fits(at(middle))) high = middle;
    else low = middle;
  }
  return { multiplier: high, chosen: at(high) };
}

/** Enough for the multiplier to be good to the last digits that matter. */
const HALVINGS = 100;

/** The most that any size between two choices saves, beside the size: a multiplier above it takes the least sizes. */
function slope(choices: readonly BitChoice[]): number {
  let most = 0;
  for (const a of choices) for (const b of choices) if (b.size > a.size) most = Math.max(most, (a.increase - b.increase) / (b.size - a.size));
  return most;
}

function isBetter(a: BitChoice, b: BitChoice, multiplier: number): boolean {
  const difference = priced(a, multiplier) - priced(b, multiplier);
  return difference < 0 || (difference === 0 && a.size < b.size);
}

/** The expected increase, and what the size costs. */
function priced({ increase, size }: { readonly increase: number; readonly size: number }, multiplier: number): number {
  return increase + multiplier * size;
}

/** Those that no other beats in both size and increase, in the order of their sizes: the increases fall. */
function undominated(states: readonly Partial[]): Partial[] {
  const kept: Partial[] = [];
  for (const state of [...states].sort((a, b) => a.size - b.size || a.increase - b.increase)) {
    if (kept.length === 0 || state.increase < kept[kept.length - 1].increase) kept.push(state);
  }
  return kept;
}

function choicesOf(state: Partial | undefined): BitChoice[] {
  return state === undefined ? [] : [...choicesOf(state.others), state.last];
}

function allocation(chosen: readonly BitChoice[]): AllocatedBits {
  return { bits: chosen.map(({ bits }) => bits), size: added(chosen.map(({ size }) => size)), increase: added(chosen.map(({ increase }) => increase)) };
}

function added(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function least(choices: readonly BitChoice[], of: (choice: BitChoice) => number): number {
  return choices.reduce((smallest, choice) => Math.min(smallest, of(choice)), Infinity);
}

function checkChoices(layers: readonly (readonly BitChoice[])[]): void {
  if (!Array.isArray(layers) || layers.length === 0) throw new InvalidArgumentError({ argument: "layers", expected: "the choices of at least one layer", received: describe(layers) });
  layers.forEach((choices: readonly BitChoice[] | undefined, l) => {
    if (!Array.isArray(choices) || choices.length === 0) throw new InvalidArgumentError({ argument: `layers[${l}]`, expected: "at least one choice", received: describe(choices) });
    for (const choice of choices as readonly (BitChoice | undefined)[]) {
      for (const key of ["bits", "size", "increase"] as const) {
        const value: unknown = choice?.[key];
        if (typeof value !== "number" || !Number.isFinite(value) || (key !== "increase" && value < 0)) throw new InvalidArgumentError({ argument: `layers[${l}]`, expected: `choices with a finite ${key}${key === "increase" ? "" : " of at least 0"}`, received: describe(value) });
      }
    }
  });
}

function checkBudget(layers: readonly (readonly BitChoice[])[], budget: number): void {
  if (typeof budget !== "number" || !Number.isFinite(budget)) throw new InvalidArgumentError({ argument: "budget", expected: "a finite number", received: describe(budget) });
  const smallest = added(layers.map((choices) => least(choices, ({ size }) => size)));
  if (smallest > budget) throw new InvalidArgumentError({ argument: "budget", expected: `at least ${smallest}, the least that the choices take together`, received: String(budget), advice: "Allow fewer bits among the choices, or larger groups." });
}
