import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

/** Sources without what varies in their templates, which the page leaves out as well. */
const sources = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => read(`src/${path.replaceAll("\\", "/")}`))
  .join("\n");

const headings = read("docs/troubleshooting.md").split("\n").filter((line) => line.startsWith("### ") || line.startsWith("**`"));
const messages = headings.flatMap((line) => Array.from(line.matchAll(/`([^`]+)`/g), ([, message]) => message));

test("the page of troubles quotes messages that the library has", () => {
  expect(messages.length).toBeGreaterThan(20);
  // What the message of every InvalidArgumentError has between its parts.
  const parts = messages.flatMap((message) => message.replace(/^expected |, got NaN$/g, "").split("…").map((part) => part.trim())).filter((part) => part !== "");
  expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
});
