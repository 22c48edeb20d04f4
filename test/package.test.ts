import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

const read = (name: string): Manifest => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8")) as Manifest;

test("npm and JSR get the same version, licence and entries", () => {
  const [npm, jsr] = [read("package.json"), read("deno.json")];
  expect([jsr.version, jsr.license]).toEqual([npm.version, npm.license]);
  const built = Object.entries(npm.exports).flatMap(([entry, target]) => (typeof target === "string" ? [] : [[entry, target.default]]));
  expect(Object.entries(jsr.exports).map(([entry, source]) => [entry, String(source).replace("./src/", "./dist/").replace(".ts", ".js")])).toEqual(built);
});
