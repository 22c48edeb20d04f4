/** Problems of which it is known which inputs matter, and networks that are to find it out. */
import { fit, gaussian, mlp, perLayer, rootMeanSquareError, type DenseNetwork, type Fitted, type GaussianLikelihood, type Prior } from "laplace-ts";
import { ARM_NOISE, distractedRobotArm, FRIEDMAN_NOISE, friedman, type Examples } from "../known-functions.ts";

export interface Problem {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Of each input: whether it matters, hardly (a copy of one that does, with noise), or not at all. */
  readonly relevance: readonly Relevance[];
  readonly noise: number;
  readonly hiddenUnits: number;
  readonly draw: (count: number, seed: number) => Examples;
}

export type Relevance = "relevant" | "noisy copy" | "irrelevant";

export const problems: readonly Problem[] = [
  {
    name: "Friedman's function",
    inputs: Array.from({ length: 10 }, (_, i) => `x${i + 1}`),
    relevance: Array.from({ length: 10 }, (_, i) => (i < 5 ? "relevant" : "irrelevant")),
    noise: FRIEDMAN_NOISE,
    hiddenUnits: 6,
    draw: friedman,
  },
  {
    name: "Robot arm, distracted",
    inputs: ["shoulder", "elbow", "shoulder'", "elbow'", "noise 1", "noise 2"],
    relevance: ["relevant", "relevant", "noisy copy", "noisy copy", "irrelevant", "irrelevant"],
    noise: ARM_NOISE,
    hiddenUnits: 10,
    draw: distractedRobotArm,
  },
];

/** What a network made of each input. */
export interface Verdict {
  /** alpha of the weights that leave each input, for standardised inputs. */
  readonly precisions: readonly number[];
  /** How many of those weights the data determine. */
  readonly effectiveParameters: readonly number[];
  /** Root mean square error on test examples. */
  readonly error: number;
  /** The same for one precision for the weights of all inputs. */
  readonly errorWithout: number;
}

/** Fits from several starts, keeps the one of the highest evidence, and tries it on test examples. */
export async function judgeInputs(problem: Problem, training: Examples, test: Examples, starts: number): Promise<Verdict> {
  const relevance = await bestOf(starts, problem, training);
  const without = await bestOf(starts, problem, training, perLayer(1, { separateBiases: true }));
  const { prior, effectiveParametersByGroup } = relevance.posterior;
  const inputs = problem.inputs.length;
  return {
    precisions: Array.from(prior.precisions.subarray(0, inputs)),
    effectiveParameters: Array.from(effectiveParametersByGroup.subarray(0, inputs)),
    error: rootMeanSquareError(await relevance.predict(test.inputs), test.targets),
    errorWithout: rootMeanSquareError(await without.predict(test.inputs), test.targets),
  };
}

/** By default fit() has a precision for each input. */
async function bestOf(starts: number, { hiddenUnits }: Problem, { inputs, targets }: Examples, prior?: Prior): Promise<Fitted<DenseNetwork, GaussianLikelihood>> {
  const sizes = [inputs[0].length, hiddenUnits, targets[0].length];
  const noise = gaussian({ noise: spread(targets) });
  const networks: Fitted<DenseNetwork, GaussianLikelihood>[] = [];
  for (let seed = 1; seed <= starts; seed++) networks.push(await fit(mlp(sizes, { seed }), noise, { inputs, targets }, { ...(prior && { prior }) }));
  return networks.reduce((best, network) => (network.logEvidence > best.logEvidence ? network : best));
}

/** The noise that explains everything: re-estimation that begins with it follows the noise less often. */
function spread(targets: Examples["targets"]): number {
  const values = targets.map(([first]) => first);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
