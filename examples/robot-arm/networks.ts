/** Networks of the robot arm: how MacKay (1992b) trained and judged them. */
import { evidence, fit, gaussian, groups, isotropic, mlp, rootMeanSquareError, type Prior } from "laplace-ts";
import { ARM_NOISE, type Examples } from "../known-functions.ts";

/** One precision for all weights, or MacKay's three: for the weights into hidden units, for their biases, and for the weights and biases of the outputs. */
export type Precisions = "one" | "three";

/** A trained network, and what is known of it. */
export interface Network {
  /** Hidden units. */
  readonly units: number;
  readonly precisions: Precisions;
  /** Seed of the initial weights. */
  readonly start: number;
  /** Of one mode. */
  readonly logEvidence: number;
  /** Of all modes that are the same but for the order and the signs of hidden units: + log(h! 2^h). */
  readonly withSymmetries: number;
  readonly weights: number;
  readonly effectiveParameters: number;
  /** The noise that the network believes in. */
  readonly noise: number;
  /** Mean squared error on the test examples in units of the noise's variance: 1 for the truth itself, give or take the test examples. */
  readonly testError: number;
}

export async function trainNetwork({ units, precisions, start }: Pick<Network, "units" | "precisions" | "start">, training: Examples, test: Examples): Promise<Network> {
  // Re-estimation starts from noise that would explain everything, alike in both coordinates.
  const fitted = await fit(mlp([2, units, 2], { seed: start }), gaussian({ noise: 1 }), training, { prior: priorOf(precisions, units) });
  const { logEvidence, total } = evidence(fitted.posterior, { symmetries: true });
  return {
    units,
    precisions,
    start,
    logEvidence,
    withSymmetries: total,
    weights: fitted.posterior.mean.length,
    effectiveParameters: fitted.effectiveParameters,
    noise: fitted.likelihood.noise,
    testError: inNoise(rootMeanSquareError(await fitted.predict(test.inputs), test.targets)),
  };
}

/** A root mean square error as the ratio of two variances, the second that of the noise. */
export function inNoise(error: number): number {
  return (error / ARM_NOISE) ** 2;
}

/** The network with the highest log evidence. */
export function likeliest(networks: readonly Network[]): Network {
  return networks.reduce((best, network) => (network.logEvidence > best.logEvidence ? network : best));
}

/** Pearson's correlation coefficient. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const [fromX, fromY] = [deviations(x), deviations(y)];
  const product = fromX.reduce((sum, value, i) => sum + value * fromY[i], 0);
  return product / (rootMeanSquare(fromX) * rootMeanSquare(fromY) * x.length);
}

function priorOf(precisions: Precisions, units: number): Prior {
  if (precisions === "one") return isotropic();
  const [weightsIn, biases, out] = [2 * units, units, 2 * (units + 1)];
  return groups([...Array<number>(weightsIn).fill(0), ...Array<number>(biases).fill(1), ...Array<number>(out).fill(2)]);
}

function deviations(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}
