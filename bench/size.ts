/**
 * What a page fetches that uses the library: `npm run size`. Built by Vite from the sources, minified and gzipped, with ml-matrix and jstat and without optional peers; what is loaded
 * only when it is needed, as worker threads are, is not in it. Fails where that is more than it may be.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";

interface Use {
  readonly name: string;
  /** What is imported; all of it where there is nothing. */
  readonly imports?: readonly string[];
  /** The most that it may be, gzipped, in kB. */
  readonly limit: number;
}

const USES: readonly Use[] = [
  { name: "train, laplace, predict", imports: ["mlp", "gaussian", "isotropic", "train", "laplace", "outerProduct", "full", "maximizeEvidence", "predict"], limit: 78 },
  { name: "fit, mlp, gaussian", imports: ["fit", "mlp", "gaussian"], limit: 100 },
  { name: "everything", limit: 150 },
];

const DEPENDENCIES = ["ml-matrix", "jstat"];
const LIBRARY = fileURLToPath(new URL("../src/index.ts", import.meta.url));
const ENTRY = "a-page.js";

interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** The size of the entry with all that it imports at once. */
async function sizeOf({ imports }: Use, external: readonly string[]): Promise<Size> {
  const program = imports === undefined ? `import * as all from ${JSON.stringify(LIBRARY)}; globalThis.used = all;` : `import { ${imports.join(", ")} } from ${JSON.stringify(LIBRARY)}; globalThis.used = [${imports.join(", ")}];`;
  const output = (await build({
    configFile: false,
    logLevel: "error",
    plugins: [{ name: "entry", resolveId: (id) => (id.endsWith(ENTRY) ? id : null), load: (id) => (id.endsWith(ENTRY) ? program : null) }],
    worker: { format: "es", rolldownOptions: { checks: { ineffectiveDynamicImport: false } } },
    build: { write: false, modulePreload: false, rolldownOptions: { input: ENTRY, external: [...external], checks: { ineffectiveDynamicImport: false } } },
  })) as Rolldown.RolldownOutput;
  const chunks = new Map(output.output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])));
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name) || !chunks.has(name)) return;
    needed.add(name);
    chunks.get(name)!.imports.forEach(visit);
  };
  visit([...chunks.values()].find(({ isEntry }) => isEntry)!.fileName);
  const codes = [...needed].map((name) => chunks.get(name)!.code);
  return { minified: sum(codes.map((code) => Buffer.byteLength(code))), gzipped: sum(codes.map((code) => gzipSync(code, { level: 9 }).length)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1).padStart(8);
}

console.log(`${"kB".padEnd(26)}minified  gzipped  of it ${DEPENDENCIES.join(" and ")}   at most`);
for (const use of USES) {
  const [whole, own] = [await sizeOf(use, []), await sizeOf(use, DEPENDENCIES)];
  console.log(`${use.name.padEnd(26)}${kilobytes(whole.minified)} ${kilobytes(whole.gzipped)} ${kilobytes(whole.gzipped - own.gzipped).padStart(26)} ${String(use.limit).padStart(9)}`);
  if (whole.gzipped > 1000 * use.limit) {
    console.error(`${use.name} is larger than it may be.`);
    process.exitCode = 1;
  }
}
