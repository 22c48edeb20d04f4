import type { Cost } from "./compare.ts";
import type { Refusal } from "./protocol.ts";
import { duration, markdownTable, memory, ratio, type Column } from "./table.ts";

/** What became of a job: our cost, and the peer's where there is a peer. */
export interface Outcome {
  readonly title: string;
  readonly ours: Cost | Refusal;
  readonly peers?: Cost | Refusal | undefined;
}

/** The table of all jobs: a row for each stage, their sum and the memory, with how many times as much the peer takes. */
export function jobTable(outcomes: readonly Outcome[], peer: string | undefined): string {
  const columns: Column[] = [
    { heading: "job", align: "left" },
    { heading: "stage", align: "left" },
    { heading: "laplace-ts", align: "right" },
    ...(peer === undefined ? [] : ([{ heading: peer, align: "right" }, { heading: "times as much", align: "right" }] as const)),
  ];
  return markdownTable(columns, outcomes.flatMap((outcome) => rowsOf(outcome).map((row) => row.slice(0, columns.length))));
}

function rowsOf({ title, ours, peers }: Outcome): string[][] {
  if ("refused" in ours) return [[title, `not done: ${ours.refused}`, "", "", ""]];
  const theirs = peers === undefined || "refused" in peers ? undefined : peers;
  const row = (stage: string, format: (value: number) => string, value: (cost: Cost) => number): string[] => {
    const mine = value(ours);
    return [stage, format(mine), theirs === undefined ? "" : format(value(theirs)), theirs === undefined ? "" : ratio(value(theirs) / mine)];
  };
  const stages = Object.keys(ours.seconds);
  const rows = [
    ...stages.map((stage) => row(stage, duration, ({ seconds }) => seconds[stage])),
    ...(stages.length > 1 ? [row("together", duration, total).map((cell) => (cell === "" ? cell : `**${cell}**`))] : []),
    row("peak memory", memory, ({ peakMemory }) => peakMemory),
  ];
  if (peers !== undefined && "refused" in peers) rows.push([`peer: ${peers.refused}`, "", "", ""]);
  return rows.map((cells, i) => [i === 0 ? title : "", ...cells]);
}

function total({ seconds }: Cost): number {
  return Object.values(seconds).reduce((sum, value) => sum + value, 0);
}
