import type { JobName, Jobs, Question, Reply } from "./messages.ts";

/** What becomes of the answers to one question. */
export interface Listener<J extends JobName> {
  onAnswer(answer: Jobs[J]["answer"], last: boolean): void;
  onError(message: string): void;
}

/** One at a time goes to the worker; of those that come meanwhile, the newest is kept for next and the others are dropped. */
export interface LatestOnly {
  /** Asks when the question before is answered, unless a newer one comes first. */
  ask<J extends JobName>(job: J, request: Jobs[J]["request"], listener: Listener<J>): void;
  /** Asks at once: what is under way is stopped, and its answers are dropped. */
  askNow<J extends JobName>(job: J, request: Jobs[J]["request"], listener: Listener<J>): void;
}

interface Asked {
  readonly question: Question;
  readonly listener: Listener<JobName>;
}

/** What is used of a Worker. */
export interface Port {
  postMessage(message: Question): void;
  addEventListener(type: "message" | "error", listener: (event: { readonly data?: Reply; readonly message?: string }) => void): void;
}

export function latestOnly(port: Port): LatestOnly {
  let current: Asked | undefined;
  let waiting: Asked | undefined;
  let lastNumber = 0;

  const send = (asked: Asked): void => {
    current = asked;
    waiting = undefined;
    port.postMessage(asked.question);
  };
  const next = (): void => {
    current = undefined;
    if (waiting) send(waiting);
  };
  const asked = <J extends JobName>(job: J, request: Jobs[J]["request"], listener: Listener<J>): Asked => ({ question: { job, number: ++lastNumber, request }, listener: listener });

  port.addEventListener("message", ({ data: reply }) => {
    if (reply === undefined || reply.number !== current?.question.number) return;
    const { listener } = current;
    if ("error" in reply || reply.last) next();
    if ("error" in reply) listener.onError(reply.error);
    else listener.onAnswer(reply.answer, reply.last);
  });
  port.addEventListener("error", ({ message }) => {
    const listener = current?.listener;
    next();
    listener?.onError(message ?? "The worker could not be loaded.");
  });

  return {
    ask: (job, request, listener) => {
      const one = asked(job, request, listener);
      if (current) waiting = one;
      else send(one);
    },
    askNow: (job, request, listener) => send(asked(job, request, listener)),
  };
}
