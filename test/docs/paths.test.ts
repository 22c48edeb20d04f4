import { existsSync, readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const isThere = (path: string): boolean => existsSync(new URL(path, root));

const guides = readdirSync(new URL("docs/", root)).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
const mathematics = read("docs/mathematics.md");

/** What a page names in code: files and directories of the project by their path from its root. */
const pathsIn = (text: string): readonly string[] => Array.from(text.matchAll(/`((?:assembly|bench|docs|examples|notebooks|src|test)\/[\w./-]*)`/g), ([, path]) => path);

/** Sources without a directory stand in the one that was named last before them: their whole paths. */
function bareNamesIn(text: string): readonly string[] {
  let directory = "";
  return Array.from(text.matchAll(/`((?:src|test)\/[\w./-]*)`|`([\w-]+\.ts)`/g)).flatMap(([, path, name]: (string | undefined)[]) => {
    if (path === undefined) return [directory + name!];
    directory = path.endsWith(".ts") ? path.replace(/[^/]*$/, "") : path.replace(/\/?$/, "/");
    return [];
  });
}

test.each([...guides, "README.md", "CONTRIBUTING.md"])("%s names files that are there", (page) => {
  // Made by commands, and not kept.
  const made = ["docs/site/", "examples/browser/dist/"];
  expect(pathsIn(read(page)).filter((path) => !made.includes(path) && !isThere(path))).toEqual([]);
});

test("a path that leads nowhere is seen", () => {
  expect(pathsIn("in `src/none.ts`, `test/fixtures`, not `npm test` or `laplace-ts/plots`").filter((path) => !isThere(path))).toEqual(["src/none.ts"]);
});

test("the mathematics name files without a directory in the one named last", () => {
  expect(bareNamesIn("in `src/prior`: `groups.ts`; `src/model/mlp.ts`, `groups.ts`")).toEqual(["src/prior/groups.ts", "src/model/groups.ts"]);
  expect(bareNamesIn(mathematics).length).toBeGreaterThan(5);
  expect(bareNamesIn(mathematics).filter((path) => !isThere(path))).toEqual([]);
});

test("what the mathematics say is in a file stands there", () => {
  const places = Array.from(mathematics.matchAll(/`(\w+)` in `(src\/[\w/-]+\.ts)`/g));
  expect(places.length).toBeGreaterThan(5);
  expect(places.filter(([, name, path]) => !new RegExp(`\\b${name}\\b`).test(read(path))).map(([place]) => place)).toEqual([]);
});

test("every displayed equation of the mathematics stands in a passage that names its file", () => {
  // A passage begins with a heading, or with a name in bold.
  const passages = mathematics.split(/\n(?=## |\*\*)/);
  const withEquations = passages.filter((passage) => passage.includes("\n$$\n"));
  expect(withEquations.length).toBeGreaterThan(20);
  expect(withEquations.filter((passage) => !/`(src\/[\w/-]+|[\w-]+)\.ts`/.test(passage)).map((passage) => passage.slice(0, 60))).toEqual([]);
});
