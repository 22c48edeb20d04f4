/** The parts of the notebook format (nbformat 4.5) that the runner reads and writes. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

export type Cell = MarkdownCell | CodeCell;

/** Text of a notebook: one string, or a list of lines that keep their line ends. */
export type Text = string | string[];

export interface MarkdownCell {
  cell_type: "markdown" | "raw";
  id?: string;
  metadata: CellMetadata;
  source: Text;
}

export interface CodeCell {
  cell_type: "code";
  id?: string;
  metadata: CellMetadata;
  source: Text;
  execution_count: number | null;
  outputs: Output[];
}

export interface CellMetadata {
  /** A cell tagged `volatile` (it prints timings, say) keeps its outputs out of the comparison. */
  tags?: string[];
  [key: string]: unknown;
}

export type Output = StreamOutput | DisplayOutput | ResultOutput;

export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: Text;
}

export interface DisplayOutput {
  output_type: "display_data";
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

/** The value of a cell's last expression. */
export interface ResultOutput {
  output_type: "execute_result";
  data: MimeBundle;
  metadata: Record<string, unknown>;
  execution_count: number | null;
}

/** One value in several representations, by media type. */
export type MimeBundle = Record<string, unknown>;

export function codeCells(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

export function joinText(text: Text): string {
  return typeof text === "string" ? text : text.join("");
}

/** Lines as the format stores them: each with its line end, so that a notebook's differences read line by line. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A media value as text; what is not text (`application/json`) as its JSON. */
export function mimeText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((line) => typeof line === "string")) return value.join("");
  return JSON.stringify(value);
}

/** The notebook as Jupyter writes it to disk. */
export function serialize(notebook: Notebook): string {
  return JSON.stringify(notebook, null, 1) + "\n";
}

/** The notebook with new outputs, one list for each code cell, numbered in order. */
export function withOutputs(notebook: Notebook, outputs: readonly Output[][]): Notebook {
  let count = 0;
  const cells = notebook.cells.map((cell): Cell => {
    if (cell.cell_type !== "code") return cell;
    const cellOutputs = outputs[count];
    count += 1;
    return { ...cell, execution_count: count, outputs: cellOutputs };
  });
  return { ...notebook, cells };
}
