import type { Problem } from "./problem.ts";

/** What a side is asked for: a line of JSON on its standard input. */
export interface Request {
  /** What to compute, by a name that the side knows. */
  readonly method: string;
  readonly problem: Problem;
  /** What to compute with; laplace-ts knows float64 alone. */
  readonly float: "float64" | "float32";
  /** Predict at the first so many points only. */
  readonly points: number;
  /** Repeat it for so many seconds, at least once. */
  readonly seconds: number;
  /** Processor time, which other programs on the machine disturb least, or wall time, for sides with several threads. */
  readonly clock: "processor" | "wall";
}

/** What it answers: a line of JSON on its standard output. */
export interface Answer {
  /** Seconds that each stage took, medians over the repetitions. */
  readonly seconds: Readonly<Record<string, number>>;
  /** The numbers that the sides must agree on. */
  readonly results: Results;
  /** Bytes of memory of the process: before the first repetition, and at most so far. */
  readonly memory: { readonly before: number; readonly peak: number };
}

/** Named lists of numbers: log evidence, variances. */
export type Results = Readonly<Record<string, readonly number[]>>;

/** Why a side does not do what it was asked for. */
export interface Refusal {
  readonly refused: string;
}

/** The first line of a side, before it is asked for anything. */
export interface Greeting {
  readonly name: string;
  /** What it runs on: versions, BLAS. */
  readonly platform: string;
}
