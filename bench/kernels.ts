/**
 * The dense kernels side by side with ml-matrix, and with OpenBLAS called from NumPy where python3 has it; one thread each, processor
 * time, in one run.
 * `npm run bench:kernels` prints a Markdown table in some minutes; `-- --only=Cholesky` and `-- --orders=100,300` choose rows, and
 * `-- --smoke` only shows that it works.
 */
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from "ml-matrix";
import { cholesky } from "../src/linalg/cholesky.ts";
import { availableKernels, setKernels } from "../src/linalg/kernels.ts";
import { multiply } from "../src/linalg/products.ts";
import { symmetricEigen } from "../src/linalg/symmetric-eigen.ts";
import { symmetricRankK } from "../src/linalg/symmetric-rank-k.ts";
import { inverseFromCholesky, solveCholesky } from "../src/linalg/triangular.ts";
import { UnsupportedError } from "../src/errors.ts";
import { useNativeKernels } from "../src/native.ts";
import { startNumpy } from "./numpy.ts";

interface Operation {
  readonly name: string;
  /** Ready to run: ours, and ml-matrix's. */
  prepare: (n: number) => { readonly ours: () => void; readonly mlMatrix: () => void };
}

const operations: Operation[] = [
  {
    name: "Cholesky",
    prepare(n) {
      const { flat, matrix } = positiveDefinite(n);
      const l = flat.slice();
      const ours = () => {
        l.set(flat);
        cholesky(l, n);
      };
      return { ours, mlMatrix: () => new CholeskyDecomposition(matrix) };
    },
  },
  {
    name: "A'A",
    prepare(n) {
      const { flat, matrix } = random(n);
      const c = new Float64Array(n * n);
      return { ours: () => symmetricRankK(flat, n, n, c.fill(0)), mlMatrix: () => matrix.transpose().mmul(matrix) };
    },
  },
  {
    name: "A B",
    prepare(n) {
      const { flat, matrix } = random(n);
      return { ours: () => multiply(flat, flat, n, n, n), mlMatrix: () => matrix.mmul(matrix) };
    },
  },
  {
    name: "solve, n / 4 columns",
    prepare(n) {
      const { flat, matrix } = positiveDefinite(n);
      const columns = Math.ceil(n / 4);
      const b = random(n).flat.slice(0, n * columns);
      const x = b.slice();
      const l = flat.slice();
      cholesky(l, n);
      const factor = new CholeskyDecomposition(matrix);
      const right = Matrix.from1DArray(n, columns, b);
      const ours = () => {
        x.set(b);
        solveCholesky(l, n, x, columns);
      };
      return { ours, mlMatrix: () => factor.solve(right) };
    },
  },
  {
    name: "inverse",
    prepare(n) {
      const { flat, matrix } = positiveDefinite(n);
      const l = flat.slice();
      cholesky(l, n);
      const factor = new CholeskyDecomposition(matrix);
      const identity = Matrix.eye(n);
      return { ours: () => inverseFromCholesky(l, n), mlMatrix: () => factor.solve(identity) };
    },
  },
  {
    name: "eigenvectors",
    prepare(n) {
      const { flat, matrix } = positiveDefinite(n);
      return { ours: () => symmetricEigen(flat, n), mlMatrix: () => new EigenvalueDecomposition(matrix, { assumeSymmetric: true }) };
    },
  },
];

function random(n: number) {
  let state = 1;
  const flat = Float64Array.from({ length: n * n }, () => (state = (state * 48271) % 0x7fffffff) / 0x7fffffff - 0.5);
  return { flat, matrix: Matrix.from1DArray(n, n, flat) };
}

/** Symmetric, with a dominant diagonal. */
function positiveDefinite(n: number) {
  const { flat } = random(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) flat[j * n + i] = flat[i * n + j];
    flat[i * n + i] += n;
  }
  return { flat, matrix: Matrix.from1DArray(n, n, flat) };
}

/** Seconds a call of processor time, which other programs on the machine disturb least, over as many calls as fill `least` seconds. */
function time(run: () => void, least: number): number {
  const start = process.cpuUsage();
  for (let calls = 1; ; calls++) {
    run();
    const { user, system } = process.cpuUsage(start);
    const elapsed = (user + system) / 1e6;
    if (elapsed >= least) return elapsed / calls;
  }
}

function median(values: number[]): number {
  const sorted = values.slice().sort((x, y) => x - y);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const smoke = process.argv.includes("--smoke");
const chosenOperation = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
const chosenOrders = process.argv.find((argument) => argument.startsWith("--orders="))?.slice("--orders=".length);
const orders = chosenOrders?.split(",").map(Number) ?? (smoke ? [8, 60] : [30, 100, 300, 1000]);
const rounds = smoke ? 1 : 5;
const least = smoke ? 0 : 0.03;

await useNativeKernels({ threads: 1 }).catch((error: unknown) => {
  if (!(error instanceof UnsupportedError)) throw error; // no library: no column
});
const numpy = await startNumpy();
const kernels = availableKernels();
const columns = [...kernels, ...(numpy ? ["NumPy"] : [])];
console.log(`${process.release.name} ${process.version}, one thread, medians of ${rounds} rounds: times as fast as ml-matrix\n`);
console.log(`| operation | n | ml-matrix | ${columns.join(" | ")} |`);
console.log(`| --- | --: | --: |${" --: |".repeat(columns.length)}`);
for (const { name, prepare } of operations) {
  if (chosenOperation !== undefined && !name.startsWith(chosenOperation)) continue;
  for (const n of orders) {
    const { ours, mlMatrix } = prepare(n);
    const samples = new Map<string, number[]>(["ml-matrix", ...columns].map((column) => [column, []]));
    for (let round = 0; round < rounds; round++) {
      // Three times will do for what takes seconds.
      if (round === 3 && samples.get("ml-matrix")![0] > 1) break;
      samples.get("ml-matrix")?.push(time(mlMatrix, least));
      for (const each of kernels) {
        setKernels(each);
        ours(); // warm caches and code
        samples.get(each)?.push(time(ours, least));
      }
      if (numpy) samples.get("NumPy")?.push(await numpy.time(name, n, least));
    }
    const reference = median(samples.get("ml-matrix")!);
    const ratios = columns.map((column) => (reference / median(samples.get(column)!)).toFixed(1));
    console.log(`| ${name} | ${n} | ${(1000 * reference).toPrecision(3)} ms | ${ratios.join(" | ")} |`);
  }
}
numpy?.stop();
