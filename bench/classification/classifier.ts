/** What classifiers are given and what they answer. */
import { forward, softmax, type DenseNetwork } from "laplace-ts";

export interface Labelled {
  readonly inputs: readonly (readonly number[])[];
  /** 0 .. classes - 1. */
  readonly labels: readonly number[];
  readonly classes: number;
}

/** What a method says of new inputs: N x K, and the mutual information of class and weights where it knows. */
export interface Guess {
  readonly probabilities: readonly (readonly number[])[];
  readonly mutualInformation?: readonly number[];
}

export type Predict = (inputs: Labelled["inputs"]) => Promise<Guess>;

/** Ways to predict by name, in the order of the table. */
export type Learned = Readonly<Record<string, Predict>>;

/** The probabilities of logits. */
export function atMode(model: DenseNetwork, inputs: Labelled["inputs"], temperature = 1): number[][] {
  return forward(model, inputs.map((row) => [...row]))
    .to2DArray()
    .map((logits) => (logits.length === 1 ? [0, logits[0]] : logits))
    .map((logits) => [...softmax(Float64Array.from(logits, (logit) => logit / temperature))]);
}
