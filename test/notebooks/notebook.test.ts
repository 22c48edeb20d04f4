import { describe, expect, it } from "vitest";
import { joinText, mimeText, serialize, splitLines, withOutputs } from "../../notebooks/tooling/notebook.ts";
import { code, notebookOf, printed, prose } from "./notebook-builder.ts";

describe("the notebook format", () => {
  it("splits text into lines that keep their ends, and joins them again", () => {
    expect(splitLines("a\n\nb")).toEqual(["a\n", "\n", "b"]);
    expect(splitLines("")).toEqual([]);
    for (const text of ["", "\n", "a", "a\n", "a\nb\n\n"]) expect(joinText(splitLines(text))).toBe(text);
  });

  it("reads media as text", () => {
    expect(mimeText("a")).toBe("a");
    expect(mimeText(["a\n", "b"])).toBe("a\nb");
    expect(mimeText({ a: 1 })).toBe('{"a":1}');
  });

  it("stores new outputs and numbers the code cells, without touching the notebook it was given", () => {
    const notebook = notebookOf(code("a", printed("old")), prose("text"), code("b"));
    const written = withOutputs(notebook, [[printed("new")], []]);
    expect(written.cells).toMatchObject([
      { execution_count: 1, outputs: [{ text: "new" }] },
      { cell_type: "markdown" },
      { execution_count: 2, outputs: [] },
    ]);
    expect(notebook.cells[0]).toMatchObject({ execution_count: null, outputs: [{ text: "old" }] });
  });

  it("writes what Jupyter would write", () => {
    expect(serialize(notebookOf())).toBe('{\n "cells": [],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n');
  });
});
