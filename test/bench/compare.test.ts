import { expect, test } from "vitest";
import { compare, type Contestant } from "../../bench/compare.ts";
import type { Problem } from "../../bench/problem.ts";
import type { Answer, Refusal, Request } from "../../bench/protocol.ts";

const problem: Problem = { sizes: [1, 1], likelihood: "gaussian", examples: 2, points: 100, noise: 1, priorPrecision: 1, file: "" };
const rounds = { count: 4, seconds: 0, patience: 1000, clock: "wall" } as const;

/** A side that takes the given seconds, turn by turn, and keeps what it was asked for. */
function contestant(name: string, turns: readonly number[], settings: { log?: string[]; value?: (turn: number) => number; float?: Request["float"]; refused?: string } = {}): Contestant {
  let turn = -1;
  const ask = (request: Request): Promise<Answer | Refusal> => {
    turn++;
    settings.log?.push(`${name} ${request.float} ${request.points}`);
    if (settings.refused !== undefined) return Promise.resolve({ refused: settings.refused });
    return Promise.resolve({ seconds: { fit: turns[turn] }, results: { evidence: [settings.value?.(turn) ?? 1] }, memory: { before: 0, peak: turn } });
  };
  return { side: { name, platform: "", ask, stop: () => undefined }, method: "full", float: settings.float ?? "float64" };
}

test("sides are checked in float64 at a few points, then take turns, and the first turn does not count", async () => {
  const log: string[] = [];
  const sides = [contestant("a", [50, 60, 1, 3, 2], { log }), contestant("b", [70, 80, 10, 20, 90], { log, float: "float32" })];
  const [a, b] = await compare("job", problem, sides, rounds);
  expect(log.slice(0, 4)).toEqual(["a float64 20", "b float64 20", "a float64 100", "b float32 100"]);
  expect(log).toHaveLength(10);
  expect(a).toEqual({ seconds: { fit: 2 }, peakMemory: 4 });
  expect(b).toMatchObject({ seconds: { fit: 20 } });
});

test("there are two rounds at least, however long they take", async () => {
  const log: string[] = [];
  await compare("job", problem, [contestant("a", [0, 0, 0], { log })], { ...rounds, patience: 0 });
  expect(log).toHaveLength(3);
});

test("a side that computes something else is an error, in the check and in every round", async () => {
  const same = contestant("a", [0, 0, 0, 0, 0]);
  await expect(compare("job", problem, [same, contestant("b", [0], { value: () => 1.00001 })], rounds)).rejects.toThrow(/job: the sides disagree/);
  const later = contestant("b", [0, 0, 0], { value: (turn) => (turn === 2 ? 1.1 : 1), float: "float32" });
  await expect(compare("job", problem, [same, later], rounds)).rejects.toThrow(/disagree/);
});

test("a side that refuses is not asked again, and the other does the job alone", async () => {
  const log: string[] = [];
  const outcomes = await compare("job", problem, [contestant("a", [0, 0, 1, 1, 1]), contestant("b", [], { log, refused: "no memory" })], rounds);
  expect(outcomes).toEqual([{ seconds: { fit: 1 }, peakMemory: 4 }, { refused: "no memory" }]);
  expect(log).toHaveLength(1);
});

test("where the first refuses, nobody works for nothing", async () => {
  const log: string[] = [];
  const outcomes = await compare("job", problem, [contestant("a", [], { refused: "too large" }), contestant("b", [0], { log })], rounds);
  expect(outcomes[0]).toEqual({ refused: "too large" });
  expect(log).toHaveLength(1);
});
