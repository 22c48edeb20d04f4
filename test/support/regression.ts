import type { Data } from "../../src/data.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import type { Prior } from "../../src/prior/prior.ts";
import { train } from "../../src/training/train.ts";
import { normals } from "./random-numbers.ts";

/** A network at its mode, and what it was trained with. */
export interface Problem {
  readonly model: DenseNetwork;
  readonly likelihood: GaussianLikelihood;
  readonly prior: Prior;
  readonly data: Data;
}

/** sin(2 x) on [-2, 2] with noise 0.1. */
export function noisySine(rows: number, seed = 1): Data {
  const noise = normals(rows, seed);
  const inputs = Array.from({ length: rows }, (_, n) => -2 + (4 * n) / Math.max(1, rows - 1));
  return { inputs, targets: inputs.map((x, n) => Math.sin(2 * x) + 0.1 * noise[n]) };
}

/** A 1-4-1 tanh network trained on {@link noisySine} to a gradient of nearly zero. */
export async function trainedSine(rows = 25): Promise<Problem> {
  const data = noisySine(rows);
  const [likelihood, prior] = [gaussian({ noise: 0.1 }), isotropic(0.5)];
  const { model } = await train(mlp([1, 4, 1], { seed: 2 }), likelihood, data, { prior, gradientTolerance: 1e-10 });
  return { model, likelihood, prior, data };
}

/** A straight line in two inputs, without a mode to find: the linear model of weights (1, -0.5). */
export function plane(rows: number, seed = 3): Problem {
  const x = normals(2 * rows, seed);
  const noise = normals(rows, seed + 1);
  const inputs = Array.from({ length: rows }, (_, n) => [x[2 * n], x[2 * n + 1]]);
  return {
    model: mlp([2, 1], { biases: false, parameters: [1, -0.5] }),
    likelihood: gaussian({ noise: 0.3 }),
    prior: isotropic(2),
    data: { inputs, targets: inputs.map(([a, b], n) => a - 0.5 * b + 0.3 * noise[n]) },
  };
}
