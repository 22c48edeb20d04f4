/** What is compared. A method learns once, and may then predict in several ways. */
import { bernoulli, categorical, extendedMacKay, fit, laplaceBridge, mlp, monteCarlo, networks, type BernoulliPrediction, type CategoricalPrediction, type Likelihood, type Link, type Networks, type Prediction } from "laplace-ts";
import { atMode, type Guess, type Labelled, type Learned } from "./classifier.ts";
import { plainNetwork } from "./plain-network.ts";

export interface Method {
  readonly name: string;
  readonly learn: (data: Labelled) => Promise<Learned>;
}

/** Hidden units of single networks, ours and the plain ones. */
export const HIDDEN_UNITS = 10;

/** What fit() chooses from. Larger sizes of the default would take the table beyond a quarter of an hour, and win on none of these sets. */
const family: Networks = networks({ hidden: [[], [10]], restarts: 3 });

const OPTIONS = { workers: 2 };
const SAMPLES = 200;

export const methods: readonly Method[] = [
  {
    name: "networks",
    learn: async (data) => ways("networks()", data, await fit(family, likelihoodFor(data), tableOf(data), OPTIONS)),
  },
  {
    name: "one network",
    learn: async (data) => {
      const fitted = await fit(mlp([data.inputs[0].length, HIDDEN_UNITS, outputsFor(data)], { seed: 1 }), likelihoodFor(data), tableOf(data));
      const { model } = fitted.posterior;
      return { ...ways("one network", data, fitted), "one network, at the mode": (inputs) => Promise.resolve({ probabilities: atMode(model, inputs) }) };
    },
  },
  {
    name: "plain network",
    learn: (data) => plainNetwork([data.inputs[0].length, HIDDEN_UNITS, outputsFor(data)], likelihoodFor(data), data),
  },
];

/** Two classes have one logit. */
function outputsFor({ classes }: Labelled): number {
  return classes === 2 ? 1 : classes;
}

function likelihoodFor({ classes }: Labelled): Likelihood {
  return classes === 2 ? bernoulli() : categorical();
}

function tableOf({ inputs, labels }: Labelled): { readonly inputs: number[][]; readonly targets: number[] } {
  return { inputs: inputs.map((row) => [...row]), targets: [...labels] };
}

/** By default, and for more than two classes by the other links. */
function ways(name: string, { classes }: Labelled, fitted: { predict(inputs: number[][], options?: object): Promise<Prediction> }): Learned {
  const by = (link?: Link) => async (inputs: Labelled["inputs"]): Promise<Guess> => {
    const rows = inputs.map((row) => [...row]);
    const prediction = await fitted.predict(rows, link && { link });
    // Mutual information takes a distribution over probabilities.
    const distribution = classes === 2 ? prediction : await fitted.predict(rows, { link: monteCarlo({ samples: SAMPLES }) });
    return { probabilities: probabilitiesOf(prediction), mutualInformation: (distribution as CategoricalPrediction).uncertainty().mutualInformation.to1DArray() };
  };
  if (classes === 2) return { [name]: by() };
  return { [name]: by(), [`${name}, extendedMacKay()`]: by(extendedMacKay()), [`${name}, laplaceBridge()`]: by(laplaceBridge()) };
}

function probabilitiesOf(prediction: Prediction): number[][] {
  const { probability, probabilities } = prediction as Partial<BernoulliPrediction & CategoricalPrediction>;
  return probabilities?.to2DArray() ?? probability!.to1DArray().map((p) => [1 - p, p]);
}
