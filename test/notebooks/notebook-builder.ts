import type { Cell, CodeCell, Notebook, Output } from "../../notebooks/tooling/notebook.ts";

export function notebookOf(...cells: Cell[]): Notebook {
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

export function code(source: string, ...outputs: Output[]): CodeCell {
  return { cell_type: "code", metadata: {}, source, execution_count: null, outputs };
}

export function prose(source: string): Cell {
  return { cell_type: "markdown", metadata: {}, source };
}

export function printed(text: string): Output {
  return { output_type: "stream", name: "stdout", text };
}

export function shown(data: Record<string, unknown>): Output {
  return { output_type: "execute_result", data, metadata: {}, execution_count: 1 };
}
