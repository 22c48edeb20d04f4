import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { apiReport } from "./report.ts";

const root = new URL("../../", import.meta.url);
const { exports: entries } = JSON.parse(readFileSync(new URL("deno.json", root), "utf8")) as { readonly exports: Readonly<Record<string, string>> };

// It parses every file that exports something, which takes its time on a busy machine.
describe("what the package promises", { timeout: 120_000 }, () => {
  // A change that is meant is accepted by `npm test -- test/api --update`; one that takes something away has a line in CHANGELOG.md.
  test.each(Object.entries(entries))("%s exports the names and types of its report", async (entry, source) => {
    const report = apiReport(new URL(source, root));
    expect(report).not.toMatch(/\bany\b/);
    await expect(report).toMatchFileSnapshot(`./${entry === "." ? "index" : entry.slice(2)}.txt`);
  });

  const files: Readonly<Record<string, string>> = {
    "entry.ts": 'export { f, type T } from "./f.ts";\nexport { hidden as shown } from "./more.ts";\nexport const zero: number = 0;',
    "f.ts": "/** Twice. */\nexport function f(x: number): number;\nexport function f(x: string): string;\nexport function f(x: unknown): unknown { return x; }\nexport interface T { \n  readonly a: number;\n  /** @internal */\n  readonly b: number;\n}\nexport type Unused = 1;",
    "more.ts": 'export * from "./most.ts";',
    "most.ts": "export class hidden { #a = 1; b(): number { return this.#a; } }\nexport function f(): void {}",
  };
  const read = (url: URL): string => files[url.pathname.slice(1)] ?? "";

  test("a report holds what is exported, as it is declared, and nothing else", () => {
    expect(apiReport(new URL("file:///entry.ts"), read)).toBe(
      ["interface T {", "    readonly a: number;", "}", "", "function f(x: number): number;", "function f(x: string): string;", "", "// as shown", "class hidden {", "    #private;", "    b(): number;", "}", "", "const zero: number;", ""].join("\n"),
    );
  });

  test("names that a file passes on and that are not there are an error, as are statements that the report would leave out", () => {
    const report = (text: string) => apiReport(new URL("file:///a.ts"), (url) => (url.pathname === "/a.ts" ? text : read(url)));
    expect(() => report('export { g } from "./f.ts";')).toThrow("./f.ts does not export g");
    expect(() => report('export * as all from "./f.ts";')).toThrow("not in this report");
    expect(() => report("export enum Colour { red }")).toThrow("does not know");
  });
});
