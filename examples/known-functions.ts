/** Data from functions that are known, with noise and inputs that are known: what evidence and relevance say can be held against the truth. */
import { random, type Random } from "laplace-ts";

/** A table of examples. */
export interface Examples {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
}

/** Standard deviation of the noise in each coordinate of the {@link robotArm}. */
export const ARM_NOISE = 0.05;

/** Standard deviation of the noise in the targets of {@link friedman}. */
export const FRIEDMAN_NOISE = 1;

/**
 * The position of a robot's hand from the angles of its two joints, $(2 \cos\theta_1 + 1.3 \cos(\theta_1 + \theta_2),\; 2 \sin\theta_1 + 1.3 \sin(\theta_1 + \theta_2))$, with noise
 * 0.05 (MacKay 1992b, section 4). The angles are uniform, $0.453 \le \lvert\theta_1\rvert \le 1.932$ and $0.534 \le \theta_2 \le 3.142$, as Neal (1996, section 3.3.1) gives the range.
 */
export function robotArm(count: number, seed: number): Examples {
  const source = random(seed);
  return examples(count, () => {
    const side = source.uniform() < 0.5 ? -1 : 1;
    const [shoulder, elbow] = [side * between(source, 0.453, 1.932), between(source, 0.534, 3.142)];
    return { inputs: [shoulder, elbow], targets: hand(shoulder, elbow).map((position) => position + ARM_NOISE * source.normal()) };
  });
}

/** Where the hand is without noise. */
export function hand(shoulder: number, elbow: number): readonly [number, number] {
  return [2 * Math.cos(shoulder) + 1.3 * Math.cos(shoulder + elbow), 2 * Math.sin(shoulder) + 1.3 * Math.sin(shoulder + elbow)];
}

/**
 * The robot arm with four more inputs, which know nothing that the angles do not: both angles again with noise of 0.02, and two columns of standard normal noise (Neal 1996, section 4.3.1).
 */
export function distractedRobotArm(count: number, seed: number): Examples {
  const arm = robotArm(count, seed);
  const source = random(seed + 1e6);
  return { ...arm, inputs: arm.inputs.map((angles) => [...angles, ...angles.map((angle) => angle + 0.02 * source.normal()), source.normal(), source.normal()]) };
}

/**
 * Friedman's first function (Friedman 1991, section 4.3), $10 \sin(\pi x_1 x_2) + 20 (x_3 - 0.5)^2 + 10 x_4 + 5 x_5$ with noise 1: ten inputs, uniform between 0 and 1, the last five of which
 * do not matter.
 */
export function friedman(count: number, seed: number): Examples {
  const source = random(seed);
  return examples(count, () => {
    const inputs = Array.from({ length: 10 }, () => source.uniform());
    return { inputs, targets: [friedmanFunction(inputs) + FRIEDMAN_NOISE * source.normal()] };
  });
}

/** What is behind the targets of {@link friedman}. */
export function friedmanFunction([a, b, c, d, e]: readonly number[]): number {
  return 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e;
}

/** One example after another, as a table. */
function examples(count: number, draw: () => { readonly inputs: readonly number[]; readonly targets: readonly number[] }): Examples {
  const drawn = Array.from({ length: count }, draw);
  return { inputs: drawn.map(({ inputs }) => inputs), targets: drawn.map(({ targets }) => targets) };
}

function between(source: Random, low: number, high: number): number {
  return low + (high - low) * source.uniform();
}
