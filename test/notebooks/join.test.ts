import ts from "typescript";
import { describe, expect, it } from "vitest";
import { handOverLastExpression, joinCells } from "../../notebooks/tooling/join.ts";
import { code, notebookOf, prose } from "./notebook-builder.ts";

/** The joined module without the white space that has no meaning here. */
const compact = (source: string) => handOverLastExpression(source).replace(/\s+/g, " ");

describe("the last expression of a cell", () => {
  it("is handed over, whatever stands around it", () => {
    expect(compact("const a = 1;\na + 1")).toBe("const a = 1; await $notebook.result(( a + 1 ));");
    expect(compact("a; // why")).toBe("await $notebook.result(( a )); // why");
    expect(compact("await f(`$" + "{x}`)")).toBe("await $notebook.result(( await f(`$" + "{x}`) ));");
    expect(compact("// note\n({ a })")).toBe("// note await $notebook.result(( ({ a }) ));");
    expect(compact("a, b")).toBe("await $notebook.result(( a, b ));");
  });

  it("is left alone where the cell ends with something else", () => {
    for (const source of ["const a = 1;", "", "// only a comment", "if (a) { b() }", "function f() { return 1 }"]) {
      expect(handOverLastExpression(source)).toBe(source);
    }
  });
});

describe("joining cells", () => {
  it("announces the code cells in order, and the end", () => {
    const joined = joinCells(notebookOf(prose("text"), code("const a = 1;"), prose("more"), code("a")), "./runtime.ts");
    const order = ["startCell(0)", "const a = 1;", "startCell(1)", "result((\na\n))", "finish()"].map((part) => joined.indexOf(part));
    expect(order.every((at, index) => at > (order[index - 1] ?? -1))).toBe(true);
    expect(joined).not.toContain("text");
  });

  it("gives a module that parses", () => {
    const joined = joinCells(notebookOf(code('import { a } from "b";\na // last'), code("a;")), "./runtime.ts");
    const { diagnostics } = ts.transpileModule(joined, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
  });
});
