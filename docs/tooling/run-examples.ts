/**
 * Runs examples and compares what they print with what they say: `deno run -A docs/tooling/run-examples.ts FILE...`
 * A directory stands for the TypeScript files in it.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { differences, examplesOf, instrumented, type Example, type Outcome } from "./examples.ts";

// Within the project, so that imports of its dependencies hold.
const directory = new URL(`../.examples-${process.pid}/`, import.meta.url);
let [examples, failures] = [0, 0];

async function problems(example: Example): Promise<readonly string[]> {
  const module = new URL(`${examples++}.ts`, directory);
  await writeFile(module, instrumented(example));
  try {
    const { default: outcome } = (await import(module.href)) as { readonly default: Outcome };
    return differences(example, outcome);
  } catch (error) {
    return [`fails: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (/\.(ts|md)$/.test(path)) return [path];
  return (await readdir(path, { recursive: true })).filter((name) => name.endsWith(".ts")).sort().map((name) => join(path, name));
}

await mkdir(directory);
try {
  for (const file of (await Promise.all(process.argv.slice(2).map(filesOf))).flat()) {
    for (const example of examplesOf(await readFile(file, "utf8"), file.endsWith(".ts"))) {
      for (const problem of await problems(example)) {
        failures++;
        console.error(`${file}:${example.line}: an example ${problem}`);
      }
    }
  }
} finally {
  await rm(directory, { recursive: true });
}
console.log(`${examples} examples, ${failures} that print something else than they say`);
if (failures > 0) process.exit(1);
