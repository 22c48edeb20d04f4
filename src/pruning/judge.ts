import type { Table } from "../data.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";

/**
 * How well a network does on examples, by its weights alone.
 *
 * @category Pruning
 */
export interface PruningScore {
  /** Mean of $\log p(t_n \mid f_n)$. */
  readonly meanLogDensity: number;
  /** The share of labels that are the most probable ones; of {@link categorical} and {@link bernoulli}. */
  readonly accuracy?: number;
}

/** The score of outputs against targets as the likelihood encodes them. */
export function score(likelihood: Likelihood, outputs: Float64Array, targets: Table): PruningScore {
  const meanLogDensity = likelihood.logDensity(outputs, targets).reduce((sum, value) => sum + value, 0) / targets.rows;
  const right = correct(likelihood, outputs, targets);
  return { meanLogDensity, ...(right && { accuracy: right.of / right.all }) };
}

function correct({ name }: Likelihood, outputs: Float64Array, { data, rows }: Table): { readonly of: number; readonly all: number } | undefined {
  if (name === "bernoulli") return { of: data.reduce((count, t, i) => count + (outputs[i] > 0 === (t === 1) ? 1 : 0), 0), all: data.length };
  if (name !== "categorical") return undefined;
  const classes = outputs.length / rows;
  let of = 0;
  for (let n = 0; n < rows; n++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (outputs[n * classes + k] > outputs[n * classes + best]) best = k;
    if (best === data[n]) of++;
  }
  return { of, all: rows };
}
