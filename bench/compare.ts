import { checkAgreement } from "./agreement.ts";
import type { Problem } from "./problem.ts";
import type { Answer, Refusal, Request } from "./protocol.ts";
import type { Side } from "./side.ts";
import { medians } from "./statistics.ts";

/** A side, and what it is asked for. */
export interface Contestant {
  readonly side: Side;
  readonly method: string;
  readonly float: Request["float"];
}

/** How often a job is done. */
export interface Rounds {
  /** The most times that everyone has a turn; the first warms up and does not count. */
  readonly count: number;
  /** Least seconds of a turn. */
  readonly seconds: number;
  /** No third or further round after so many seconds. */
  readonly patience: number;
  readonly clock: Request["clock"];
}

/** What a side needed for a job. */
export interface Cost {
  /** Seconds of each stage: medians over the rounds. */
  readonly seconds: Readonly<Record<string, number>>;
  /** The most bytes that its process held. */
  readonly peakMemory: number;
}

/** Relative differences that rounding leaves between results in float64, or where one side computes with less. */
const TOLERANCE = { float64: 1e-6, float32: 1e-2 };

/** Points at which results in float64 are compared; those in float32 are compared at all points. */
const CHECKED = 20;

/**
 * Has the contestants do a job by turns, after a check that they compute the same, and gives what each of them needed. Where the first
 * refuses, the others are spared.
 */
export async function compare(title: string, problem: Problem, contestants: readonly Contestant[], rounds: Rounds): Promise<(Cost | Refusal)[]> {
  const refusals = new Map<Contestant, Refusal>();
  /** One turn of everyone who has not refused; their answers must agree with that of the first. */
  const round = async (request: Pick<Request, "points" | "seconds">, float?: Request["float"]): Promise<Map<Contestant, Answer>> => {
    const answers = new Map<Contestant, Answer>();
    for (const contestant of contestants) {
      if (refusals.has(contestant)) continue;
      const precision = float ?? contestant.float;
      const answer = await contestant.side.ask({ ...request, problem, method: contestant.method, float: precision, clock: rounds.clock });
      if ("refused" in answer) {
        refusals.set(contestant, answer);
        continue;
      }
      const [first = answer] = answers.values();
      checkAgreement(title, first.results, answer.results, TOLERANCE[precision]);
      answers.set(contestant, answer);
    }
    return answers;
  };

  const start = performance.now();
  await round({ points: Math.min(CHECKED, problem.points), seconds: 0 }, "float64");
  const first = refusals.get(contestants[0]);
  if (first !== undefined) return contestants.map((contestant) => refusals.get(contestant) ?? first);
  const done: Map<Contestant, Answer>[] = [];
  while (done.length < 2 || (done.length < rounds.count && performance.now() - start < 1000 * rounds.patience)) {
    done.push(await round({ points: problem.points, seconds: rounds.seconds }));
  }
  return contestants.map((contestant) => {
    const refusal = refusals.get(contestant);
    if (refusal !== undefined) return refusal;
    const answers = done.map((each) => each.get(contestant)!);
    return { seconds: medians(answers.slice(1).map(({ seconds }) => seconds)), peakMemory: answers[answers.length - 1].memory.peak };
  });
}
