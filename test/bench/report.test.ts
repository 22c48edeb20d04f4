import { expect, test } from "vitest";
import { jobTable } from "../../bench/report.ts";

const ours = { seconds: { fit: 0.001, predict: 0.003 }, peakMemory: 100e6 };
const peers = { seconds: { fit: 0.01, predict: 0.07 }, peakMemory: 4e9 };
const rows = (table: string): string[] => table.split("\n").slice(2);

test("a job has a row for each stage, for all together, and for memory, with how many times as much the peer takes", () => {
  expect(rows(jobTable([{ title: "a job", ours, peers }], "PyTorch"))).toEqual([
    "| a job | fit | 1.00\u00a0ms | 10.0\u00a0ms | 10 |",
    "|  | predict | 3.00\u00a0ms | 70.0\u00a0ms | 23 |",
    "|  | **together** | **4.00\u00a0ms** | **80.0\u00a0ms** | **20** |",
    "|  | peak memory | 100\u00a0MB | 4.00\u00a0GB | 40 |",
  ]);
});

test("a single stage needs no sum", () => {
  const tune = { seconds: { tune: 0.5 }, peakMemory: 1e6 };
  expect(rows(jobTable([{ title: "t", ours: tune, peers: tune }], "PyTorch"))).toEqual(["| t | tune | 500\u00a0ms | 500\u00a0ms | 1.0 |", "|  | peak memory | 1.00\u00a0MB | 1.00\u00a0MB | 1.0 |"]);
});

test("without a peer ours stands alone, and what a side refuses is said", () => {
  expect(jobTable([{ title: "a job", ours }], undefined).split("\n").slice(0, 3)).toEqual(["| job | stage | laplace-ts |", "| --- | --- | --: |", "| a job | fit | 1.00\u00a0ms |"]);
  expect(rows(jobTable([{ title: "b", ours: { refused: "too large" }, peers: undefined }], "PyTorch"))).toEqual(["| b | not done: too large |  |  |  |"]);
  const table = jobTable([{ title: "c", ours, peers: { refused: "no memory" } }], "PyTorch");
  expect(table).toContain("| **4.00\u00a0ms** |  |  |");
  expect(table).toContain("peer: no memory");
});
