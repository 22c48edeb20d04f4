import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest<Target> {
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, Target>>;
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));

test("npm and JSR get the same version, licence and entries", () => {
  const npm = read("package.json") as Manifest<string | { readonly default: string }>;
  const jsr = read("deno.json") as Manifest<string>;
  expect([jsr.version, jsr.license]).toEqual([npm.version, npm.license]);
  const built = Object.entries(npm.exports).flatMap(([entry, target]) => (typeof target === "string" ? [] : [[entry, target.default]]));
  expect(Object.entries(jsr.exports).map(([entry, source]) => [entry, source.replace("./src/", "./dist/").replace(".ts", ".js")])).toEqual(built);
});
