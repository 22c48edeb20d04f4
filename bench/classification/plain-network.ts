/** The baseline: a network as an expert trains it without a posterior. */
import { isotropic, lbfgs, mlp, train, type DenseNetwork, type Likelihood } from "laplace-ts";
import { atMode, type Labelled, type Learned } from "./classifier.ts";
import { stratifiedFolds } from "./folds.ts";

/** Weight decays to choose from, as precisions for standardised inputs. */
const DECAYS = [0.01, 0.03, 0.1, 0.3, 1, 3];
const FOLDS = 5;
const SEED = 1;

/**
 * Standardised inputs, L-BFGS to the end, the weight decay that has the highest log likelihood in cross-validation within the training examples; and the same network with its logits
 * divided by the temperature (Guo et al. 2017) that suits what this cross-validation held out.
 */
export async function plainNetwork(sizes: readonly number[], likelihood: Likelihood, data: Labelled): Promise<Learned> {
  const folds = stratifiedFolds(data.labels, FOLDS, SEED);
  const trials: { readonly decay: number; readonly held: readonly Held[] }[] = [];
  for (const decay of DECAYS) {
    const held: Held[] = [];
    for (const { training, test } of folds) {
      const network = await standardizedNetwork(sizes, likelihood, chosen(data, training), decay);
      held.push(...network(chosen(data, test).inputs, 1).map((p, i) => ({ logProbabilities: p.map((q) => Math.log(Math.max(1e-300, q))), label: data.labels[test[i]] })));
    }
    trials.push({ decay, held });
  }
  const best = trials.reduce((a, b) => (heldOutLoss(b.held, 1) < heldOutLoss(a.held, 1) ? b : a));
  const network = await standardizedNetwork(sizes, likelihood, data, best.decay);
  const temperature = bestTemperature(best.held);
  return {
    "plain network": (inputs) => Promise.resolve({ probabilities: network(inputs, 1) }),
    "plain network, temperature scaling": (inputs) => Promise.resolve({ probabilities: network(inputs, temperature) }),
  };
}

/** A prediction of an example held out; logits are known up to a constant. */
export interface Held {
  readonly logProbabilities: readonly number[];
  readonly label: number;
}

/** The temperature of the highest log likelihood, by golden section in its logarithm between 1/20 and 20. */
export function bestTemperature(held: readonly Held[]): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  const loss = (logT: number): number => heldOutLoss(held, Math.exp(logT));
  let [low, high] = [-Math.log(20), Math.log(20)];
  while (high - low > 1e-6) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

function heldOutLoss(held: readonly Held[], temperature: number): number {
  return held.reduce((sum, { logProbabilities, label }) => {
    const most = Math.max(...logProbabilities);
    const total = logProbabilities.reduce((rest, value) => rest + Math.exp((value - most) / temperature), 0);
    return sum - (logProbabilities[label] - most) / temperature + Math.log(total);
  }, 0);
}

/** Probabilities of a trained network, for inputs in the units of the data. */
async function standardizedNetwork(sizes: readonly number[], likelihood: Likelihood, { inputs, labels }: Labelled, decay: number): Promise<(inputs: Labelled["inputs"], temperature: number) => number[][]> {
  const means = inputs[0].map((_, c) => inputs.reduce((sum, row) => sum + row[c], 0) / inputs.length);
  const scales = means.map((mean, c) => Math.sqrt(inputs.reduce((sum, row) => sum + (row[c] - mean) ** 2, 0) / inputs.length) || 1);
  const standardized = (rows: Labelled["inputs"]): number[][] => rows.map((row) => row.map((x, c) => (x - means[c]) / scales[c]));
  const { model } = await train<DenseNetwork, Likelihood>(mlp(sizes, { seed: SEED }), likelihood, { inputs: standardized(inputs), targets: [...labels] }, { prior: isotropic(decay), method: lbfgs(), gradientTolerance: 1e-5 });
  return (rows, temperature) => atMode(model, standardized(rows), temperature);
}

function chosen({ inputs, labels, classes }: Labelled, rows: readonly number[]): Labelled {
  return { inputs: rows.map((row) => inputs[row]), labels: rows.map((row) => labels[row]), classes };
}
