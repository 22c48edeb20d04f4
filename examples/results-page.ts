/** Where results go that docs/results.md shows. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { withSection } from "../bench/section.ts";
import { writePicture } from "./picture-file.ts";

const docs = new URL("../docs/", import.meta.url);

/**
 * Prints a result, Markdown, and saves its picture in the current folder; with `--write` among the arguments of the program, both go into the documentation instead: the
 * text into the section of docs/results.md with the given name, the picture into docs/images.
 */
export function publish(name: string, text: string, picture: string): void {
  console.log(`\n${text}\n`);
  if (!process.argv.includes("--write")) {
    const file = resolve(`${name}.svg`);
    writePicture(file, picture);
    console.log(file);
    return;
  }
  const page = new URL("results.md", docs);
  writeFileSync(page, withSection(readFileSync(page, "utf8"), name, text));
  writePicture(new URL(`images/${name}.svg`, docs), picture);
}
