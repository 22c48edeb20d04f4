/**
 * Where all computation of the page is done, off its main thread.
 */
import { chooseForClasses, fitClasses } from "./classes/model.ts";
import { chooseForCurve, compareSizes, fitCurve } from "./curve/model.ts";
import type { JobName, Jobs, Question, Reply } from "./messages.ts";

type Work<J extends JobName> = (request: Jobs[J]["request"], signal: AbortSignal, partly: (answer: Jobs[J]["answer"]) => void) => Promise<Jobs[J]["answer"]>;

const work: { readonly [J in JobName]: Work<J> } = { curve: fitCurve, chooseForCurve, sizes: compareSizes, classes: fitClasses, chooseForClasses };

let running = new AbortController();

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  running.abort();
  running = new AbortController();
  void answer(data, running.signal);
});

async function answer<J extends JobName>({ job, number, request }: Question<J>, signal: AbortSignal): Promise<void> {
  const reply = (message: Reply<J>): void => postMessage(message);
  try {
    const result = await (work[job] as Work<J>)(request, signal, (part) => reply({ number, answer: part, last: false }));
    reply({ number, answer: result, last: true });
  } catch (error) {
    if (!signal.aborted) reply({ number, error: error instanceof Error ? error.message : String(error) });
  }
}
