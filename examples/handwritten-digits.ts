/** Handwritten digits of 8 x 8 pixels. */
import process from "node:process";
import { random, type Data } from "laplace-ts";
import { startSklearn } from "../bench/classification/sklearn.ts";

/** Examples to learn from, and to be tried on. */
export interface Examples {
  readonly training: Data;
  readonly test: Data;
}

/** The digits of scikit-learn, shuffled, with pixels from 0 to 1: so many to learn from, the others to test. Where no Python has them, the program ends and says so. */
export async function handwrittenDigits(training: number): Promise<Examples> {
  const sklearn = await startSklearn(1);
  sklearn?.stop();
  if (sklearn === undefined) {
    console.error("No python3 here has scikit-learn, from which the digits come. On Debian: apt-get install python3-sklearn. PYTHON names another Python.");
    process.exit(1);
  }
  const { inputs, labels } = sklearn.sets.digits;
  const source = random(1);
  const order = [...inputs.keys()];
  for (let i = order.length - 1; i > 0; i--) {
    const other = source.integer(i + 1);
    [order[i], order[other]] = [order[other], order[i]];
  }
  const take = (rows: readonly number[]): Data => ({ inputs: rows.map((row) => inputs[row].map((pixel) => pixel / 16)), targets: rows.map((row) => labels[row]) });
  return { training: take(order.slice(0, training)), test: take(order.slice(training)) };
}

/** Ten classes of four inputs, made up, to show in a moment and without Python that a program works. */
export function madeUpDigits(): Examples {
  const source = random(1);
  const clouds = (): Data => ({ inputs: Array.from({ length: 40 }, (_, n) => [n % 10, (n * n) % 10, source.normal(), 1].map((x) => x / 10)), targets: Array.from({ length: 40 }, (_, n) => n % 10) });
  return { training: clouds(), test: clouds() };
}
