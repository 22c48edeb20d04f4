/** Handwritten digits of 8 x 8 pixels. */
import { random, type Data } from "laplace-ts";
import { startSklearn } from "../bench/classification/sklearn.ts";

/** The digits of scikit-learn, shuffled, with pixels from 0 to 1: so many to learn from, the others to test; undefined where no Python has them. */
export async function handwrittenDigits(training: number): Promise<{ readonly training: Data; readonly test: Data } | undefined> {
  const sklearn = await startSklearn(1);
  sklearn?.stop();
  if (sklearn === undefined) return undefined;
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
