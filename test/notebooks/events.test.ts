import { describe, expect, it } from "vitest";
import { capture, encodeEvent } from "../../notebooks/tooling/events.ts";

const cell = (index: number) => encodeEvent({ cell: index });

describe("capturing outputs", () => {
  it("keeps text and displays in their order and in their cells", () => {
    const stdout = `${cell(0)}a\nb\n${encodeEvent({ display: { "text/html": "<b>\n</b>" } })}c\n${cell(1)}${encodeEvent({ result: { "text/plain": "1" } })}`;
    const { outputs, lastCell } = capture(stdout + encodeEvent({ finished: true }), cell(0) + cell(1), 3);
    expect(outputs).toEqual([
      [
        { output_type: "stream", name: "stdout", text: ["a\n", "b\n"] },
        { output_type: "display_data", data: { "text/html": ["<b>\n", "</b>"] }, metadata: {} },
        { output_type: "stream", name: "stdout", text: ["c\n"] },
      ],
      [{ output_type: "execute_result", data: { "text/plain": ["1"] }, metadata: {}, execution_count: 2 }],
      [],
    ]);
    expect(lastCell).toBe(1);
  });

  it("keeps the error stream by cell, and drops what came before the first", () => {
    const { outputs } = capture(cell(0), `Warning\n${cell(0)}careful\n`, 1);
    expect(outputs).toEqual([[{ output_type: "stream", name: "stderr", text: ["careful\n"] }]]);
  });

  it("tells a run that stopped from one that finished", () => {
    expect(capture(cell(0), "", 1).finished).toBe(false);
    expect(capture(cell(0) + encodeEvent({ finished: true }), "", 1).finished).toBe(true);
    expect(capture("", "error: no such module", 1)).toMatchObject({ finished: false, lastCell: -1 });
  });

  it("leaves binary and structured media as they are", () => {
    const result = { "image/png": "aGk=", "application/json": { a: [1] } };
    expect(capture(cell(0) + encodeEvent({ result }), "", 1).outputs[0]).toMatchObject([{ data: result }]);
  });
});
