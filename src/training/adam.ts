import { gather } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, describe, knownOptions, positive, wholeNumber } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { permutation, random } from "../random.ts";
import type { TrainingMethod, TrainingTask } from "./method.ts";
import { gradientAt, isSmall, type Objective } from "./objective.ts";

/**
 * Options of {@link adam}.
 *
 * @category Training
 */
export interface AdamOptions {
  /** Length of a step in each weight, at the start. Default 0.005. */
  readonly learningRate?: number;
  /** Examples in a step. Default 128, or all of fewer. */
  readonly batchSize?: number;
  /** Passes through the data. Default 100, or as many more as 3,000 steps take. */
  readonly epochs?: number;
  /** Seed of the order of examples. Default 0. */
  readonly seed?: number;
  /** What the learning rate is multiplied by, at a share 0 .. 1 of the steps. Default cosine decay to zero, (1 + cos(pi share)) / 2. */
  readonly schedule?: (share: number) => number;
}

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;
const LEAST_STEPS = 3000;
const DEFAULT_TOLERANCE = 1e-6;

const cosine = (share: number): number => 0.5 * (1 + Math.cos(Math.PI * share));

/**
 * Adam (Kingma & Ba 2015, algorithm 1) on mini-batches, for networks and data too large for {@link lbfgs}: the gradient
 * of each batch is $N / B \; dE_B/dw + A (w - w_0)$, an unbiased estimate of the whole. The learning rate decays to zero along
 * a cosine (Loshchilov & Hutter 2017), so that the noise of the batches dies out.
 *
 * It takes all its steps, comes near a mode and not to one: look at the `gradientNorm` that {@link train} measures at the
 * end on all data. It does not re-estimate hyperparameters; {@link withEvidence} makes it do so.
 *
 * @category Training
 * @throws {@link InvalidArgumentError} for options that are not positive, or a schedule that is no function.
 * @example
 * ```ts
 * import { adam, categorical, mlp, train } from "laplace-ts";
 * const data = { inputs: [[-1], [0], [1], [2]], targets: [0, 1, 1, 2] };
 * const { iterations } = await train(mlp([1, 3]), categorical(), data, { method: adam({ epochs: 200 }) });
 * console.log(iterations); // 200
 * ```
 */
export function adam(options: AdamOptions = {}): TrainingMethod {
  knownOptions("options", options, ["learningRate", "batchSize", "epochs", "seed", "schedule"]);
  const learningRate = positive("learningRate", options.learningRate ?? 0.005);
  const batchSize = wholeNumber("batchSize", options.batchSize ?? 128, 1);
  if (options.epochs !== undefined) wholeNumber("epochs", options.epochs, 1);
  const seed = options.seed ?? 0;
  random(seed);
  const schedule = options.schedule ?? cosine;
  if (typeof schedule !== "function") throw new InvalidArgumentError({ argument: "schedule", expected: "a function of the share of steps done, 0 .. 1", received: describe(schedule) });

  return {
    name: "adam",
    reestimates: false,
    epochs: true,
    async minimize(task) {
      const { maximumIterations = Infinity, gradientTolerance = DEFAULT_TOLERANCE } = task;
      const perEpoch = Math.ceil(task.objective.inputs.rows / batchSize);
      const total = Math.min(maximumIterations, perEpoch * (options.epochs ?? Math.max(100, Math.ceil(LEAST_STEPS / perEpoch))));
      const { weights, objective, steps } = await descend(task, { total, perEpoch, batchSize, seed, rate: (share) => learningRate * schedule(share) });
      const end = await gradientAt(objective, weights);
      return { weights, objective, iterations: steps, stopped: isSmall(gradientTolerance)(end) ? "gradient" : "iterations" };
    },
  };
}

interface Plan {
  readonly total: number;
  readonly perEpoch: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly rate: (share: number) => number;
}

interface Descent<L extends Likelihood> {
  readonly weights: Float64Array;
  readonly objective: Objective<L>;
  readonly steps: number;
}

async function descend<L extends Likelihood>({ objective: firstObjective, start, report, afterEpoch }: TrainingTask<L>, { total, perEpoch, batchSize, seed, rate }: Plan): Promise<Descent<L>> {
  const source = random(seed);
  const rows = firstObjective.inputs.rows;
  let objective = firstObjective;
  let weights = start;
  let order = permutation(rows, source);
  let from = 0;
  const first = new Float64Array(weights.length);
  const second = new Float64Array(weights.length);
  for (let step = 1; step <= total; step++) {
    if (from >= rows) {
      order = permutation(rows, source);
      from = 0;
    }
    const chosen = order.subarray(from, from + batchSize);
    from += batchSize;
    const batch = { ...objective, inputs: gather(objective.inputs, chosen), targets: gather(objective.targets, chosen) };
    const { gradient, dataGradient, energy, loss } = await gradientAt(batch, weights);
    if (!Number.isFinite(loss)) throw new NotFiniteError(`The loss is not finite at step ${step} of adam(). Use a smaller learning rate, smaller first weights or standardised inputs.`);

    const next = weights.slice();
    const rest = rows / chosen.length - 1;
    const length = rate((step - 1) / total) / (1 - FIRST_DECAY ** step);
    const correction = 1 / (1 - SECOND_DECAY ** step);
    for (let i = 0; i < next.length; i++) {
      const g = gradient[i] + rest * dataGradient[i];
      first[i] += (1 - FIRST_DECAY) * (g - first[i]);
      second[i] += (1 - SECOND_DECAY) * (g * g - second[i]);
      next[i] -= (length * first[i]) / (Math.sqrt(correction * second[i]) + EPSILON);
    }
    weights = next;
    // E on all data as the batch estimates it.
    await report(step, total, loss + rest * objective.likelihood.precision * energy);
    if (afterEpoch === undefined || (step % perEpoch !== 0 && step !== total)) continue;
    const changed = await afterEpoch({ number: Math.ceil(step / perEpoch), total: Math.ceil(total / perEpoch), weights });
    if (changed === undefined) return { weights, objective, steps: step };
    // Gradients grow as the noise precision: what is remembered of them would be too small, and steps too long.
    const ratio = changed.likelihood.precision / objective.likelihood.precision;
    for (let i = 0; i < first.length; i++) {
      first[i] *= ratio;
      second[i] *= ratio * ratio;
    }
    objective = changed;
  }
  return { weights, objective, steps: total };
}
