/**
 * laplace-ts as a side of a comparison: a program that answers requests (protocol.ts) line by line, with the kernels that its argument
 * names. In a process of its own, like its peer, so that its memory can be measured.
 */
import { createInterface } from "node:readline";
import { UnsupportedError, setKernels, type Kernels } from "laplace-ts";
import { useNativeKernels } from "laplace-ts/native";
import { clock } from "./clock.ts";
import { residentMemory } from "./memory.ts";
import { methodNamed, type Stage } from "./methods.ts";
import { readProblem, type Numbers } from "./problem.ts";
import type { Answer, Greeting, Refusal, Request, Results } from "./protocol.ts";
import { medians } from "./statistics.ts";

let known: { readonly file: string; readonly numbers: Numbers; readonly before: number } | undefined;

async function answer({ method, problem, points, seconds, ...request }: Request): Promise<Answer> {
  if (known?.file !== problem.file) known = { file: problem.file, numbers: readProblem(problem), before: residentMemory().now };
  const { numbers, before } = known;
  const part = { ...numbers, points: numbers.points.subarray(0, points * problem.sizes[0]) };
  const times: Record<string, number>[] = [];
  const now = clock(request.clock);
  const start = now();
  let results: Results;
  do {
    const time: Record<string, number> = {};
    const stage: Stage = async (name, work) => {
      const from = now();
      const value = await work();
      time[name] = now() - from;
      return value;
    };
    results = await methodNamed(method)({ ...problem, points }, part, stage);
    times.push(time);
  } while (now() - start < seconds);
  return { seconds: medians(times), results, memory: { before, peak: residentMemory().peak } };
}

function say(line: Greeting | Answer | Refusal): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const kernels = process.argv[2] as Kernels | "native";
if (kernels === "native") await useNativeKernels({ threads: 1 });
else setKernels(kernels);
say({ name: "laplace-ts", platform: `Node ${process.version}, ${kernels} kernels` });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await answer(JSON.parse(line) as Request));
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    say({ refused: error.message });
  }
}
