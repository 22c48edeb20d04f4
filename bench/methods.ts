import { UnsupportedError, categorical, gaussian, isotropic, laplace, lastLayer, maximizeEvidence, mlp, predict, probit } from "laplace-ts";
import type { CategoricalLikelihood, CategoricalPrediction, Data, DenseNetwork, GaussianLikelihood, GaussianPrediction, MatrixLike, Posterior } from "laplace-ts";
import type { Numbers, Problem } from "./problem.ts";
import type { Results } from "./protocol.ts";
import { structures } from "./structures.ts";

/** Times a part of a job under a name. */
export type Stage = <T>(name: string, work: () => T | Promise<T>) => Promise<T>;

/** What laplace-ts can be asked for: computes it, each part within a stage, and returns what the sides must agree on. */
export type Method = (problem: Problem, numbers: Numbers, stage: Stage) => Promise<Results>;

/** Error bars from the structure of the given name, over all weights or a part of them: posterior, predictions, evidence. */
const errorBars =
  (structure: string, part: (network: DenseNetwork) => DenseNetwork = (network) => network): Method =>
  async (problem, numbers, stage) => {
    const make = structures[structure];
    if (make === undefined) throw new UnsupportedError(`laplace-ts has no ${structure}()`);
    const { network, data, points } = inUse(problem, numbers);
    const posterior = await stage("fit", () => laplace(part(network), likelihoodOf(problem), data, { structure: make(), prior: isotropic(problem.priorPrecision) }));
    const prediction = await stage("predict", () => predict(posterior, points, linkOf(problem)));
    return { "log evidence": [await stage("evidence", () => posterior.logEvidence)], ...predicted(prediction) };
  };

/** Maximises the evidence of a full posterior in its prior precision, in the library's own way. */
const tuning: Method = async (problem, numbers, stage) => {
  const { network, data } = inUse(problem, numbers);
  const posterior = await laplace(network, likelihoodOf(problem), data, { prior: isotropic(problem.priorPrecision) });
  const tuned = await stage("tune", () => maximizeEvidence(posterior, { estimate: "prior" }));
  return { "log evidence": [tuned.logEvidence] };
};

/** The same by a hundred steps of Adam on the logarithm of the prior precision, which is laplace-torch's way. */
const tuningByAdam: Method = async (problem, numbers, stage) => {
  const { network, data } = inUse(problem, numbers);
  const posterior = await laplace(network, likelihoodOf(problem), data, { prior: isotropic(problem.priorPrecision) });
  const precision = await stage("tune", () => adamOnPriorPrecision(posterior, 100, 0.1));
  return { "log evidence": [posterior.with({ prior: isotropic(precision) }).logEvidence], "prior precision": [precision] };
};

function adamOnPriorPrecision(posterior: Posterior, steps: number, rate: number): number {
  let [first, second, logPrecision] = [0, 0, Math.log(posterior.prior.precisions[0])];
  for (let t = 1; t <= steps; t++) {
    const current = posterior.with({ prior: isotropic(Math.exp(logPrecision)) });
    const gradient = 0.5 * (current.scatter - current.effectiveParameters); // of minus the log evidence
    first = 0.9 * first + 0.1 * gradient;
    second = 0.999 * second + 0.001 * gradient ** 2;
    logPrecision -= (rate * first) / (1 - 0.9 ** t) / (Math.sqrt(second / (1 - 0.999 ** t)) + 1e-8);
  }
  return Math.exp(logPrecision);
}

/** The method that a job names: one of the above, or the name of a structure. */
export function methodNamed(name: string): Method {
  return { lastLayer: errorBars("full", lastLayer), tuning, tuningByAdam }[name] ?? errorBars(name);
}

interface InUse {
  readonly network: DenseNetwork;
  readonly data: Data;
  readonly points: MatrixLike;
}

function inUse({ sizes, likelihood, examples, points }: Problem, numbers: Numbers): InUse {
  const table = (data: Float64Array, rows: number): MatrixLike => ({ data, shape: [rows, data.length / rows] });
  return {
    network: mlp(sizes, { parameters: numbers.parameters }),
    data: { inputs: table(numbers.inputs, examples), targets: likelihood === "gaussian" ? table(numbers.targets, examples) : numbers.targets },
    points: table(numbers.points, points),
  };
}

function likelihoodOf({ likelihood, noise }: Problem): GaussianLikelihood | CategoricalLikelihood {
  return likelihood === "gaussian" ? gaussian({ noise, fixed: true }) : categorical();
}

/** What laplace-torch averages classes by. */
function linkOf({ likelihood }: Problem): object {
  return likelihood === "gaussian" ? {} : { link: probit() };
}

function predicted(prediction: GaussianPrediction | CategoricalPrediction): Results {
  if ("variance" in prediction) return { mean: prediction.mean.to1DArray(), variance: prediction.variance.to1DArray() };
  return { probabilities: prediction.probabilities.to1DArray(), variance: prediction.logitVariance.to1DArray() };
}
