import type { Data } from "../data.ts";
import type { Subnetwork } from "../model/subnetwork.ts";
import type { Posterior } from "../posterior/posterior.ts";
import type { JobOptions } from "../progress.ts";

/**
 * What a {@link PruningMethod} is asked to do.
 *
 * @category Pruning
 */
export interface PruningTask {
  /** The posterior over the weights that are left, at their mode. */
  readonly posterior: Posterior<Subnetwork>;
  /** The data it came from. */
  readonly data: Data;
  /** How many weights to remove; less than there are. */
  readonly count: number;
  /** The abort signal, to hand on. */
  readonly job: JobOptions;
}

/**
 * Which weights go, and what becomes of the others.
 *
 * @category Pruning
 */
export interface Removal {
  /** Positions among the weights that were left, in the order of their removal. */
  readonly removed: readonly number[];
  /** Those that were left with zeros for the removed, and the others changed where the method does so. */
  readonly weights: Float64Array;
  /** By how much the method expects the training loss to rise before anything is trained again; undefined where it expects nothing. */
  readonly predictedIncrease?: number;
  /** By how much the method expects the log evidence to change; undefined where it expects nothing. */
  readonly predictedEvidenceChange?: number;
}

/**
 * A rule for which weights to remove next: {@link magnitude}, {@link optimalBrainDamage}, {@link optimalBrainSurgeon}.
 *
 * @category Pruning
 */
export interface PruningMethod {
  /** For reports: `"optimal brain damage"`. */
  readonly name: string;
  /** Chooses weights and removes them. */
  remove(task: PruningTask): Promise<Removal>;
}

/** Positions of the `count` smallest values, the smallest first; of equals, the first. */
export function smallest(values: Float64Array, count: number): number[] {
  return Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b).slice(0, count);
}

/** The values with zeros at some positions. */
export function zeroedAt(values: Float64Array, positions: readonly number[]): Float64Array {
  const zeroed = values.slice();
  for (const position of positions) zeroed[position] = 0;
  return zeroed;
}
