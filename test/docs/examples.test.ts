import { describe, expect, test } from "vitest";
import { differences, examplesOf, instrumented } from "../../docs/tooling/examples.ts";

const markdown = ["# Title", "", "```ts", "console.log(1 + 1); // 2: two", "```", "", "It prints", "", "```ts", 'console.log("a");', "```", "", "```text", "a", "```", ""].join("\n");

describe("examples", () => {
  test("are found in Markdown with their lines and with the output that follows at once", () => {
    expect(examplesOf(markdown, false)).toEqual([
      { line: 3, code: "console.log(1 + 1); // 2: two\n" },
      { line: 9, code: 'console.log("a");\n', output: "a\n" },
    ]);
  });

  test("are found in doc comments", () => {
    const source = ["/**", " * Adds.", " *", " * ```ts", " * if (true) {", " *   add();", " * }", " * ```", " */", "export const add = 1;"].join("\n");
    expect(examplesOf(source, true)).toEqual([{ line: 4, code: "if (true) {\n  add();\n}\n" }]);
  });

  test("note what a line prints beside its comment", () => {
    expect(instrumented({ line: 1, code: "console.log(1 + 1); // 2: two\n" })).toContain('said.push(["2: two", printed[printed.length - 1]]);');
  });

  test("fail where they print something else than their comments or their output say", () => {
    const example = { line: 1, code: "", output: "a\n" };
    expect(differences(example, { printed: ["a"], said: [["a: first letter", "a"]] })).toEqual([]);
    expect(differences(example, { printed: ["b"], said: [["a", "b"]] })).toHaveLength(2);
  });
});
