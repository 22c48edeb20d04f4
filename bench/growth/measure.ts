import { writeProblem, type Size } from "../problem.ts";
import type { Answer, Refusal, Request } from "../protocol.ts";
import { startOurs } from "../side.ts";

/** What a structure needs for a size. */
export interface Cost {
  /** Seconds of `laplace()`. */
  readonly fit: number;
  /** Seconds of `predict()`. */
  readonly predict: number;
  /** Bytes of memory at most, beyond those of the process before. */
  readonly memory: number;
}

/**
 * Measures a structure in a process of its own, or gives `undefined` where the library refuses, as for want of memory. What takes less than
 * the given seconds is repeated for as long, twice, and the second half counts: by then the engine has compiled the code.
 */
export async function measure(structure: string, size: Size, file: string, seconds: number): Promise<Cost | undefined> {
  const side = await startOurs();
  const request: Request = { method: structure, problem: writeProblem(size, file), float: "float64", points: size.points, seconds: 0, clock: "processor" };
  try {
    const first = await side.ask(request);
    if ("refused" in first) return undefined;
    const { before, peak } = first.memory;
    let last: Answer | Refusal = first;
    if (first.seconds.fit + first.seconds.predict < seconds) {
      await side.ask({ ...request, seconds });
      last = await side.ask({ ...request, seconds });
    }
    const { fit, predict } = (last as Answer).seconds;
    return { fit, predict, memory: peak - before };
  } finally {
    side.stop();
  }
}
