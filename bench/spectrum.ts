/**
 * Lanczos's method with the curvature of a network of a million weights and 1,000 examples, 20 steps with the outer product and with the exact Hessian: `npm run bench:spectrum` prints wall and processor time and memory.
 * `-- --smoke` takes a small network, to show that it works.
 */
import { curvatureOperator, exact, gaussian, largestEigenpairs, mlp, outerProduct, random } from "laplace-ts";
import { machine } from "./machine.ts";
import { grouped, markdownTable } from "./table.ts";

const smoke = process.argv.includes("--smoke");
const [width, examples] = smoke ? [20, 50] : [1000, 1000];
const STEPS = 20;
const INPUTS = 10;

const model = mlp([INPUTS, width, width, 1], { seed: 1 });
const source = random(2);
const numbers = (rows: number, columns: number) => ({ data: Float64Array.from({ length: rows * columns }, () => source.normal()), shape: [rows, columns] as const });
const data = { inputs: numbers(examples, INPUTS), targets: numbers(examples, 1) };

const rows: string[][] = [];
for (const curvature of [outerProduct(), exact()]) {
  const operator = await curvatureOperator(model, gaussian({ noise: 0.3 }), data, { curvature });
  const vector = Float64Array.from({ length: operator.size }, () => source.normal());
  // The first product finds what those after it have at hand.
  await operator.times(vector);
  const product = await seconds(() => operator.times(vector));
  let steps = 0;
  // Of so many pairs none is found sooner, and each step is taken.
  const lanczos = await seconds(() => largestEigenpairs(operator, { count: STEPS, steps: STEPS, onProgress: ({ done }) => (steps = done) }));
  if (steps !== STEPS) throw new Error(`There were ${steps} steps in place of ${STEPS}.`);
  rows.push([curvature.name, grouped(operator.size), grouped(examples), times(product, 2), times(lanczos, 1), grouped(Math.round(process.memoryUsage.rss() / 1e6))]);
}
console.log(`${machine()}. Wall time / processor time.\n`);
console.log(markdownTable(
  ["curvature", "W", "N", "a product (s)", `${STEPS} Lanczos steps (s)`, "memory (MB)"].map((heading, i) => ({ heading, align: i === 0 ? ("left" as const) : ("right" as const) })),
  rows,
));

interface Seconds {
  readonly wall: number;
  readonly processor: number;
}

async function seconds(work: () => Promise<unknown>): Promise<Seconds> {
  const [wall, processor] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(processor);
  return { wall: (performance.now() - wall) / 1000, processor: (user + system) / 1e6 };
}

function times({ wall, processor }: Seconds, digits: number): string {
  return `${wall.toFixed(digits)} / ${processor.toFixed(digits)}`;
}
