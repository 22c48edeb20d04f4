import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A Python process that times NumPy's (OpenBLAS's) operations on request. */
export interface Numpy {
  /** Seconds of processor time a call of an operation of `bench/kernels.ts`, over as many calls as fill `least` seconds. */
  time(operation: string, n: number, least: number): Promise<number>;
  stop(): void;
}

const program = `
import sys, time
import numpy as np
try:
    from scipy.linalg import cho_solve
    from scipy.linalg.lapack import dpotri
except ImportError:
    cho_solve = None
def prepare(name, n):
    a = np.random.default_rng(1).random((n, n)) - 0.5
    s = a + a.T + n * np.eye(n)
    if name == "Cholesky": return lambda: np.linalg.cholesky(s)
    if name == "A'A": return lambda: a.T @ a
    if name == "A B": return lambda: a @ a
    if name == "eigenvectors": return lambda: np.linalg.eigh(s)
    if cho_solve is None: return None
    l = np.asfortranarray(np.linalg.cholesky(s))
    if name == "inverse": return lambda: dpotri(l, lower=1)
    b = np.asfortranarray(a[:, :(n + 3) // 4])
    return lambda: cho_solve((l, True), b, check_finite=False)
print("ready", flush=True)
for line in sys.stdin:
    name, n, least = line.rstrip().split(";")
    run = prepare(name, int(n))
    if run is None:
        print("nan", flush=True)
        continue
    run()
    calls, start, elapsed = 0, time.process_time(), 0.0
    while calls == 0 or elapsed < float(least):
        run()
        calls += 1
        elapsed = time.process_time() - start
    print(elapsed / calls, flush=True)
`;

/** Starts it, or gives `undefined` where there is no python3 with NumPy. */
export async function startNumpy(): Promise<Numpy | undefined> {
  const python = spawn("python3", ["-c", program], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  python.on("error", () => undefined); // no python3: its output ends at once
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const next = await lines.next();
    return next.done ? undefined : next.value;
  };
  if ((await answer()) !== "ready") return undefined;
  return {
    async time(operation, n, least) {
      python.stdin.write(`${operation};${n};${least}\n`);
      return Number(await answer());
    },
    stop: () => python.stdin.end(),
  };
}
