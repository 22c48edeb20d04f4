import type { ObjectiveGradient } from "./objective.ts";

/** When a descent on the objective ends, and whom it tells. */
export interface DescentOptions {
  /** Ends the descent. */
  readonly done: (point: ObjectiveGradient) => boolean;
  readonly maximumSteps: number;
  /** Awaited after every step. */
  readonly report: (step: number, loss: number) => Promise<void>;
}

/** What is left for a part of a descent, after so many steps of it, of at most `most` steps. */
export function continued({ done, maximumSteps, report }: DescentOptions, taken: number, most = Infinity): DescentOptions {
  return { done, maximumSteps: Math.min(most, maximumSteps - taken), report: (step, loss) => report(taken + step, loss) };
}
