/** What two worker threads save: the same computation in this thread and shared, in turn, and whether the results are equal. */
import { categorical, diagonal, full, gaussian, laplace, mlp, predict, random, stopWorkers, type Likelihood, type Model, type Structure } from "laplace-ts";
import { median } from "./statistics.ts";

const RUNS = process.argv.includes("--smoke") ? 1 : 5;
const SHARE = process.argv.includes("--smoke") ? 0.05 : 1;
const WORKERS = 2;

interface Case {
  readonly name: string;
  readonly model: Model;
  readonly likelihood: Likelihood;
  readonly structure: Structure;
  readonly examples: number;
  readonly points: number;
  readonly target: (n: number) => number;
}

const cases: readonly Case[] = [
  { name: "784-64-10, diagonal", model: mlp([784, 64, 10], { seed: 1 }), likelihood: categorical(), structure: diagonal(), examples: 10_000, points: 20_000, target: (n) => n % 10 },
  { name: "30-61-1, full in weight space", model: mlp([30, 61, 1], { seed: 1 }), likelihood: gaussian({ noise: 0.5 }), structure: full({ space: "weight" }), examples: 5_000, points: 20_000, target: (n) => Math.sin(n) },
];

/** Seconds that it takes, and what comes of it. */
async function timed<T>(work: () => Promise<T>): Promise<readonly [seconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
}

async function compare<T>(name: string, work: (workers: number) => Promise<T>, numbers: (result: T) => ArrayLike<number>): Promise<void> {
  const [first] = await timed(() => work(WORKERS));
  const times: { alone: number; shared: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const [alone, one] = await timed(() => work(0));
    const [shared, two] = await timed(() => work(WORKERS));
    const expected = numbers(one);
    if (!Array.from(numbers(two)).every((value, i) => value === expected[i])) throw new Error(`${name}: the results differ`);
    times.push({ alone, shared });
  }
  const [alone, shared] = [median(times.map((time) => time.alone)), median(times.map((time) => time.shared))];
  console.log(`${name.padEnd(52)} ${alone.toFixed(2)} s alone, ${shared.toFixed(2)} s with ${WORKERS} workers: ${(alone / shared).toFixed(2)} times (first time ${first.toFixed(2)} s)`);
}

for (const { name, model, likelihood, structure, examples, points, target } of cases) {
  const source = random(1);
  const columns = model.inputs!;
  const [rows, asked] = [Math.round(SHARE * examples), Math.round(SHARE * points)];
  const table = (count: number): { data: Float64Array; shape: readonly [number, number] } => ({ data: Float64Array.from({ length: count * columns }, () => source.normal()), shape: [count, columns] });
  const data = { inputs: table(rows), targets: Float64Array.from({ length: rows }, (_, n) => target(n)) };
  const x = table(asked);
  stopWorkers();
  await compare(`${name}: curvature, N = ${rows}`, (workers) => laplace(model, likelihood, data, { structure, workers }), (posterior) => posterior.data.curvature.parts[0]);
  const posterior = await laplace(model, likelihood, data, { structure });
  await compare(`${name}: ${asked} predictions`, (workers) => predict(posterior, x, { workers }), (prediction) => prediction.logDensity(new Float64Array(asked)));
}
