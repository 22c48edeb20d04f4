/** What is compared. A method learns once, and may then predict in several ways. */
import { bernoulli, categorical, fit, laplaceBridge, mlp, networks, probit, type BernoulliPrediction, type CategoricalPrediction, type Likelihood, type Link, type Networks, type Prediction } from "laplace-ts";
import { atMode, type Labelled, type Learned, type Predict } from "./classifier.ts";
import { plainNetwork } from "./plain-network.ts";

export interface Method {
  readonly name: string;
  readonly learn: (data: Labelled) => Promise<Learned>;
}

/** Hidden units of single networks, ours and the plain ones. */
export const HIDDEN_UNITS = 10;

/** What fit() chooses from. Larger sizes of the default would make it take hours, and win on none of these sets. */
const family: Networks = networks({ hidden: [[], [10]], restarts: 3 });

const OPTIONS = { workers: 2 };

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
      return { "one network": byDefault(fitted), "one network, at the mode": (inputs) => Promise.resolve({ probabilities: atMode(model, inputs) }) };
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

type Predicting = { predict(inputs: number[][], options?: object): Promise<Prediction> };

/** By default, and for more than two classes by other links. */
function ways(name: string, data: Labelled, fitted: Predicting): Learned {
  const others = data.classes === 2 ? {} : { "probit()": probit(), "laplaceBridge()": laplaceBridge() };
  const by = (link: Link): Predict => async (inputs) => ({ probabilities: probabilitiesOf(await fitted.predict(copied(inputs), { link })) });
  return { [name]: byDefault(fitted), ...Object.fromEntries(Object.entries(others).map(([link, value]) => [`${name}, ${link}`, by(value)])) };
}

function byDefault(fitted: Predicting): Predict {
  return async (inputs) => {
    const prediction = await fitted.predict(copied(inputs));
    return { probabilities: probabilitiesOf(prediction), mutualInformation: (prediction as CategoricalPrediction).uncertainty().mutualInformation.to1DArray() };
  };
}

function copied(inputs: Labelled["inputs"]): number[][] {
  return inputs.map((row) => [...row]);
}

function probabilitiesOf(prediction: Prediction): number[][] {
  const { probability, probabilities } = prediction as Partial<BernoulliPrediction & CategoricalPrediction>;
  return probabilities?.to2DArray() ?? probability!.to1DArray().map((p) => [1 - p, p]);
}
