import { isAbsolute } from "node:path";

/** What `npm run notebooks` says where there is no Jupyter. */
export const MISSING = [
  "Jupyter is missing: there is no command `jupyter lab` or `jupyter notebook`.",
  "",
  "  Install it:  pip install jupyterlab     (on Debian and Ubuntu also:  apt install jupyter-notebook)",
  "  and run this again. It sets up Deno's kernel by itself.",
  "",
  "  In Visual Studio Code, the Jupyter extension opens the files of notebooks/ as well, after `npx deno jupyter --install`.",
  "  To read the notebooks with their outputs, no Jupyter is needed: `npm run docs`, then open docs/site/index.html.",
].join("\n");

/** The first of Jupyter's front ends that is installed. */
export function frontEnd(installed: (name: string) => boolean): string | undefined {
  return ["lab", "notebook"].find(installed);
}

/** Whether a list of kernels, as `jupyter kernelspec list --json` prints it, has Deno's, and its program is still there. */
export function hasDenoKernel(list: string | undefined, exists: (path: string) => boolean): boolean {
  try {
    const { kernelspecs } = JSON.parse(list ?? "{}") as { kernelspecs?: Record<string, { spec: { argv: readonly [string] } }> };
    const program = kernelspecs?.deno?.spec.argv[0];
    return program !== undefined && (!isAbsolute(program) || exists(program));
  } catch {
    return false;
  }
}
