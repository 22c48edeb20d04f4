import { expect, test } from "vitest";
import { latestOnly, type Listener, type Port } from "../../../examples/browser/latest.ts";
import type { Question, Reply } from "../../../examples/browser/messages.ts";

const request = (noise: number) => ({ points: [], hiddenUnits: 1, priorPrecision: 1, noise, grid: [] });

/** A worker that answers when it is told to, and what came of it. */
function fakes() {
  const sent: Question[] = [];
  const listeners: ((event: { readonly data?: Reply; readonly message?: string }) => void)[] = [];
  const heard: string[] = [];
  const port: Port = { postMessage: (message) => sent.push(message), addEventListener: (_type, listener) => listeners.push(listener) };
  const asker = latestOnly(port);
  const listener = (name: string): Listener<"chooseForCurve"> => ({ onAnswer: (_, last) => heard.push(`${name} ${last ? "answered" : "in part"}`), onError: (message) => heard.push(`${name}: ${message}`) });
  const ask = (name: string, now = false): void => asker[now ? "askNow" : "ask"]("chooseForCurve", request(1), listener(name));
  const reply = (to: number, last = true): void => listeners[0]({ data: { number: sent[to].number, answer: { priorPrecision: 1, noise: 1 }, last } });
  return { ask, reply, fail: (to: number) => listeners[0]({ data: { number: sent[to].number, error: "no" } }), crash: () => listeners[1]({ message: "gone" }), sent, heard };
}

test("of the questions that come while one is answered, the newest alone is asked", () => {
  const { ask, reply, sent, heard } = fakes();
  ["a", "b", "c", "d"].forEach((name) => ask(name));
  expect(sent.length).toBe(1);
  reply(0);
  expect(sent.length).toBe(2);
  reply(1);
  expect(heard).toEqual(["a answered", "d answered"]);
  expect(sent.length).toBe(2);
});

test("an urgent question is asked at once, and the answers to the one before and to those that waited are dropped", () => {
  const { ask, reply, sent, heard } = fakes();
  ask("a");
  ask("b");
  ask("urgent", true);
  expect(sent.length).toBe(2);
  reply(0);
  expect(heard).toEqual([]);
  reply(1, false);
  reply(1);
  expect(heard).toEqual(["urgent in part", "urgent answered"]);
  expect(sent.length).toBe(2);
});

test("after an error, the one that waits is asked", () => {
  const { ask, fail, crash, sent, heard } = fakes();
  ask("a");
  ask("b");
  fail(0);
  expect(sent.length).toBe(2);
  crash();
  expect(heard).toEqual(["a: no", "b: gone"]);
});
