import type { ChosenForClasses, ClassesRequest, ClassesAnswer } from "./classes/model.ts";
import type { ChosenForCurve, CurveAnswer, CurveRequest, SizeEvidence, SizesRequest } from "./curve/model.ts";

/** What can be asked of the worker, and what it answers, by the name of the job. */
export interface Jobs {
  /** A network fitted to the points at the given hyperparameters, and its predictions. */
  readonly curve: { readonly request: CurveRequest; readonly answer: CurveAnswer };
  /** The prior precision and the noise of the highest evidence. */
  readonly chooseForCurve: { readonly request: CurveRequest; readonly answer: ChosenForCurve };
  /** The evidence of networks of several sizes: an answer after each size, the last with all. */
  readonly sizes: { readonly request: SizesRequest; readonly answer: readonly SizeEvidence[] };
  /** A classifier fitted to the points, and its probabilities all over the plot. */
  readonly classes: { readonly request: ClassesRequest; readonly answer: ClassesAnswer };
  /** The prior precision of the highest evidence. */
  readonly chooseForClasses: { readonly request: ClassesRequest; readonly answer: ChosenForClasses };
}

export type JobName = keyof Jobs;

/** To the worker. A job that comes while another runs puts an end to that one. */
export interface Question<J extends JobName = JobName> {
  readonly job: J;
  readonly number: number;
  readonly request: Jobs[J]["request"];
}

/** From the worker: a result, of which more may follow until one is `last`, or why there is none. */
export type Reply<J extends JobName = JobName> =
  | { readonly number: number; readonly answer: Jobs[J]["answer"]; readonly last: boolean }
  | { readonly number: number; readonly error: string };
