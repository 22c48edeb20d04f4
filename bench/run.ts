/**
 * The dense kernels beside other libraries, then whole jobs beside a program that does what laplace-torch does, as Markdown tables.
 * `npm run bench` takes some minutes. `-- --only=diagonal` chooses jobs by a part of their title (`--only=kernels` the kernels),
 * `-- --kernels=native` our kernels, `-- --peer=numpy` another peer than PyTorch (`--peer=none` none), and `-- --threads=2` gives it more
 * threads than laplace-ts has. `-- --write` puts the table of jobs into docs/performance.md, and `-- --smoke` only shows in a moment that
 * everything, bench/growth.ts included, runs.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare, type Contestant, type Rounds } from "./compare.ts";
import { jobs, title } from "./jobs.ts";
import { machine } from "./machine.ts";
import { writeProblem } from "./problem.ts";
import { checkPeer } from "./reference.ts";
import { jobTable, type Outcome } from "./report.ts";
import { withSection } from "./section.ts";
import { startOurs, startPeer, type Side } from "./side.ts";

const { values: options } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    kernels: { type: "string", default: "automatic" },
    peer: { type: "string", default: "torch,numpy" },
    threads: { type: "string", default: "1" },
  },
});
const clock = Number(options.threads) > 1 ? "wall" : "processor";
const rounds: Rounds = options.smoke ? { count: 2, seconds: 0, patience: 0, clock } : { count: 8, seconds: 0.3, patience: 60, clock };
const chosen = jobs.filter((job) => title(job, options.smoke ? job.small : job.size).includes(options.only));
if (options.write && (options.smoke || chosen.length < jobs.length)) throw new Error("--write writes the table of all jobs in full: leave out --smoke and --only.");
const page = new URL("../docs/performance.md", import.meta.url);

if ("kernels".includes(options.only)) run("kernels.ts");
if (options.smoke && "growth".includes(options.only)) run("growth.ts");
const { outcomes, peer } = await benchJobs();
if (outcomes.length > 0) {
  const table = `${machine()}, ${options.kernels} kernels; ${peer?.platform ?? "no peer"}. Medians of ${clock} time.\n\n${jobTable(outcomes, peer?.name)}`;
  console.log(table);
  if (options.write) writeFileSync(page, withSection(readFileSync(page, "utf8"), "jobs", table));
}

/** Another benchmark, in a process of its own. */
function run(program: string): void {
  const { status } = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(new URL(program, import.meta.url)), ...(options.smoke ? ["--smoke"] : [])], { stdio: "inherit" });
  if (status !== 0) throw new Error(`bench/${program} failed.`);
  console.log();
}

async function benchJobs(): Promise<{ readonly outcomes: Outcome[]; readonly peer: Side | undefined }> {
  const scratch = mkdtempSync(join(tmpdir(), "laplace-ts-"));
  const outcomes: Outcome[] = [];
  let sides: readonly [ours: Side, peer: Side | undefined] | undefined;
  let peer: Side | undefined;
  const stop = (): void => {
    for (const side of sides ?? []) side?.stop();
    sides = undefined;
  };
  try {
    for (const job of chosen) {
      const size = options.smoke ? job.small : job.size;
      const name = title(job, size);
      sides ??= [await startOurs(options.kernels), await startPeer(options.peer.split(","), Number(options.threads))];
      if (peer === undefined && sides[1] !== undefined) await checkPeer(sides[1], join(scratch, "reference"));
      peer = sides[1];
      const contestants: Contestant[] = [{ side: sides[0], method: job.ours, float: "float64" }];
      if (peer !== undefined) contestants.push({ side: peer, method: job.peers, float: job.peersFloat });
      const [ours, peers] = await compare(name, writeProblem(size, join(scratch, String(outcomes.length))), contestants, rounds);
      outcomes.push({ title: name, ours, peers });
      // Processes of its own for each job, so that peaks of memory are its own.
      if (!options.smoke) stop();
    }
  } finally {
    stop();
    rmSync(scratch, { recursive: true });
  }
  return { outcomes, peer };
}
