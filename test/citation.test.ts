import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

test("who cites the package cites the version and licence that it has", () => {
  const { version, license } = JSON.parse(read("package.json")) as { readonly version: string; readonly license: string };
  expect(read("CITATION.cff")).toMatch(new RegExp(`^version: ${version.replaceAll(".", "\\.")}$`, "m"));
  expect(read("CITATION.cff")).toMatch(new RegExp(`^license: ${license}$`, "m"));
});
