/**
 * Runs the notebooks of this directory, without a kernel: the cells of each become one Deno module.
 *
 *     npm run notebooks:check    run, and compare the fresh outputs with the stored ones
 *     npm run notebooks:write    run, and store the fresh outputs
 *     npm run notebooks:pages    write each notebook with its stored outputs to docs/notebooks as Markdown, and a page that lists them
 *
 * Names of notebooks may follow (`npm run notebooks:write -- 01-a-first-posterior.ipynb`); without any, all are taken.
 */
import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { compareOutputs } from "./tooling/compare.ts";
import { capture } from "./tooling/events.ts";
import { joinCells } from "./tooling/join.ts";
import { codeCells, serialize, withOutputs, type Notebook } from "./tooling/notebook.ts";
import { COURSE, pageOf, toIndex, toPage, type Chapter } from "./tooling/page.ts";

const directory = fileURLToPath(new URL(".", import.meta.url));
const pages = join(directory, "..", "docs", "notebooks");
const runtime = new URL("./tooling/runtime.ts", import.meta.url).href;

/** What was wrong with a notebook, a line each; empty where all is well. */
type Task = (name: string, notebook: Notebook) => Promise<string[]>;

const tasks: Record<string, Task> = {
  async check(name, notebook) {
    const { problems, fresh } = await run(name, notebook);
    return problems.length > 0 ? problems : compareOutputs(notebook, fresh);
  },

  async write(name, notebook) {
    const { problems, fresh } = await run(name, notebook);
    if (problems.length === 0) await writeFile(join(directory, name), serialize(fresh));
    return problems;
  },

  async pages(name, notebook) {
    await mkdir(pages, { recursive: true });
    const at = all.indexOf(name);
    const [previous, next] = await Promise.all([all[at - 1], all[at + 1]].map(chapter));
    await writeFile(join(pages, pageOf(name)), toPage(notebook, `notebooks/${name}`, { ...(previous && { previous }), ...(next && { next }) }));
    return [];
  },
};

async function run(name: string, notebook: Notebook): Promise<{ problems: string[]; fresh: Notebook }> {
  // Beside the notebook, so that its relative imports hold.
  const module = join(directory, `.${basename(name, ".ipynb")}.${process.pid}.ts`);
  await writeFile(module, joinCells(notebook, runtime));
  try {
    const { exitCode, stdout, stderr } = await runDeno(module);
    const cellCount = codeCells(notebook).length;
    const { outputs, lastCell, finished } = capture(stdout, stderr, cellCount);
    const fresh = withOutputs(notebook, outputs);
    if (exitCode === 0 && finished) return { problems: [], fresh };
    const where = lastCell < 0 ? "before the first cell" : `in code cell ${lastCell + 1} of ${cellCount}`;
    const message = stderr.slice(stderr.lastIndexOf("\u0000") + 1).trim();
    return { problems: [`stopped ${where}\n${message}`], fresh };
  } finally {
    await rm(module);
  }
}

async function runDeno(module: string) {
  // This process is Deno itself. --quiet keeps its own notices out of the notebook's error stream.
  const child = spawn(process.execPath, ["run", "--quiet", "--check", "-A", module], {
    cwd: directory,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { exitCode, stdout, stderr };
}

const [taskName = "", ...names] = process.argv.slice(2);
if (!(taskName in tasks)) throw new Error(`expected a task (${Object.keys(tasks).join(", ")}), got "${taskName}"`);

const all = (await readdir(directory)).filter((name) => name.endsWith(".ipynb")).sort();
const chosen = names.length > 0 ? names.map((name) => basename(name)) : all;
if (chosen.length === 0) throw new Error(`no notebooks in ${directory}`);

async function read(name: string): Promise<Notebook> {
  return JSON.parse(await readFile(join(directory, name), "utf8")) as Notebook;
}

/** Of the notebook before the first and after the last there is none. */
async function chapter(name: string | undefined): Promise<Chapter | undefined> {
  return name === undefined ? undefined : { name, notebook: await read(name) };
}

for (const name of chosen) {
  const notebook = await read(name);
  const start = performance.now();
  const problems = await tasks[taskName](name, notebook);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${taskName} ${name} (${seconds} s)`);
  for (const problem of problems) console.log(problem.replace(/^/gm, "     "));
  if (problems.length > 0) process.exitCode = 1;
}

if (taskName === "pages") await writeFile(join(pages, COURSE), toIndex(await Promise.all(all.map(async (name) => ({ name, notebook: await read(name) })))));
