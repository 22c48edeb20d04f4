/** Fails where a link of the built documentation leads to no page, heading or file: `deno run -A docs/tooling/check-links.ts docs/site` */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { deadLinks } from "./links.ts";

const directory = process.argv[2];
const entries = await readdir(directory, { recursive: true, withFileTypes: true });
const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(join(directory, "/").length).replaceAll("\\", "/"));
const texts = await Promise.all(paths.filter((path) => path.endsWith(".html")).map(async (path) => [path, await readFile(join(directory, path), "utf8")] as const));
const dead = deadLinks(new Map(texts), new Set(paths));
for (const link of dead) console.error(`dead link: ${link}`);
console.log(`${texts.length} pages, ${dead.length} dead links`);
if (dead.length > 0 || texts.length === 0) process.exit(1);
