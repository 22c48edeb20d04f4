import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const src = new URL("../src/", import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/")).filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith(".d.ts"));

/** The files of `src` that one imports with more than types, at once and not when it is needed. */
function importsOf(name: string): string[] {
  const text = readFileSync(new URL(name, src), "utf8").replace(/^ \*.*$/gm, "");
  return Array.from(text.matchAll(/(?:^(?:import|export)\b(?! type)[^;"]*?\bfrom |^import )"(\.{1,2}\/[^"]+)"/gm), ([, to]) => new URL(to, new URL(name, src)).href.slice(src.href.length)).filter((to) => files.includes(to));
}

/** A way from a file back to it, or undefined. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of graph.get(name) ?? []) {
      const cycle = visit(next, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of graph.keys()) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe("the files of src", () => {
  it("import one another one way, without cycles", () => {
    const graph = new Map(files.map((name) => [name, importsOf(name)]));
    expect(graph.get("fit.ts")).toContain("fit-networks.ts");
    expect(graph.get("worker.js")).toContain("member.ts");
    expect(cycleIn(graph)).toBeUndefined();
  });

  it("would be caught if they did", () => {
    expect(cycleIn(new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", []], ["d", ["b"]]]))).toEqual(["b", "d", "b"]);
  });
});
