/**
 * Opens the notebooks of this directory in Jupyter, with Deno's kernel:
 *
 *     npm run notebooks
 *
 * or says what is missing. Arguments go to Jupyter (`npm run notebooks -- --no-browser --port 8890`). The kernel is set up for the user
 * who runs it, once, by `deno jupyter --install`; again if its Deno is gone, which is that of the clone it was set up from.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { frontEnd, hasDenoKernel, MISSING } from "./tooling/jupyter.ts";

const directory = fileURLToPath(new URL(".", import.meta.url));

/** What a command printed; `undefined` if it is not there or failed. */
function output(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}

const found = frontEnd((name) => output("jupyter", [name, "--version"]) !== undefined);
if (found === undefined) {
  console.error(MISSING);
  process.exit(1);
}
if (!hasDenoKernel(output("jupyter", ["kernelspec", "list", "--json"]), existsSync)) {
  // This process is Deno itself.
  const { status } = spawnSync(process.execPath, ["jupyter", "--install", "--force"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
const { status } = spawnSync("jupyter", [found, directory, ...process.argv.slice(2)], { stdio: "inherit" });
// Jupyter's own advice would have npm take the option for itself.
if (status !== 0) console.error("Options of Jupyter stand behind two dashes, as in: npm run notebooks -- --allow-root");
process.exitCode = status ?? 1;
