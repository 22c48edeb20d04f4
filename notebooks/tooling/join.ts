import ts from "typescript";
import { codeCells, joinText, type Notebook } from "./notebook.ts";

/**
 * Joins the code cells into one module that announces each cell as it starts and hands over the value of each cell's
 * last expression. A module, unlike a kernel, declares each name once: a notebook that repeats a `const` is refused.
 *
 * @param runtime - address of `runtime.ts`, which the module imports
 */
export function joinCells(notebook: Notebook, runtime: string): string {
  const cells = codeCells(notebook).map(
    (cell, index) => `$notebook.startCell(${index});\n${handOverLastExpression(joinText(cell.source))}\n`,
  );
  return [
    '/// <reference lib="deno.unstable" />',
    `import * as $notebook from ${JSON.stringify(runtime)};`,
    ...cells,
    "$notebook.finish();",
    "export {};",
    "",
  ].join("\n");
}

/** Wraps a cell's last statement, where it is an expression, so that its value becomes the cell's result. */
export function handOverLastExpression(source: string): string {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest);
  const last = file.statements.at(-1);
  if (last === undefined || !ts.isExpressionStatement(last)) return source;
  const expression = source.slice(last.expression.getStart(file), last.expression.end);
  return `${source.slice(0, last.getStart(file))}await $notebook.result((\n${expression}\n));${source.slice(last.end)}`;
}
