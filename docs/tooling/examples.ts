/**
 * Holds examples to what they say they print; see run-examples.ts.
 *
 * In Markdown, a fence marked `text` right after a `ts` example is what the example prints. Everywhere, the comment in
 * `console.log(...); // 2.5` must begin with what that line prints. (That examples have the right types is checked by
 * `deno test --doc`.)
 */

/** An example, where it stands, and what it should print as a whole. */
export interface Example {
  readonly line: number;
  readonly code: string;
  readonly output?: string;
}

/** The `ts` examples of a Markdown file or of the doc comments of a source file. */
export function examplesOf(text: string, source: boolean): readonly Example[] {
  // Blanks in place of what is not a doc comment keep the line numbers.
  const markdown = source ? text.split("\n").map((line) => /^\s*\* ?(.*)$/.exec(line)?.[1] ?? "").join("\n") : text;
  const fences = /^```ts\n(.*?)^```$(?:\s*^```text\n(.*?)^```$)?/gms;
  return Array.from(markdown.matchAll(fences), ({ index, 1: code, 2: output }) => ({
    line: markdown.slice(0, index).split("\n").length,
    code,
    ...(output === undefined ? {} : { output }),
  }));
}

/** The example as a module whose default export holds what it prints, and what it says it prints. */
export function instrumented({ code }: Example): string {
  const said = code.replace(/^(\s*)console\.log\((.*)\); \/\/ (.+)$/gm, (_, indent: string, printed: string, comment: string) => `${indent}console.log(${printed}); said.push([${JSON.stringify(comment)}, printed[printed.length - 1]]);`);
  return [
    'import { format } from "node:util";',
    "const printed = [], said = [];",
    "const console = { log: (...values) => { printed.push(format(...values)); } };",
    said,
    "export default { printed, said };",
  ].join("\n");
}

/** What an instrumented example exports. */
export interface Outcome {
  /** Line by line, what it prints. */
  readonly printed: readonly string[];
  /** Comments beside what their lines print. */
  readonly said: readonly (readonly [comment: string, line: string])[];
}

/** Where an example prints something else than it says. */
export function differences({ output }: Example, { printed, said }: Outcome): readonly string[] {
  const wrong = said.filter(([comment, line]) => !comment.startsWith(line)).map(([comment, line]) => `says ${comment}\nprints ${line}`);
  const all = printed.map((line) => `${line}\n`).join("");
  return output === undefined || output === all ? wrong : [...wrong, `says\n${output}prints\n${all}`];
}
