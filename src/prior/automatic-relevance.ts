import { InvalidArgumentError, UnsupportedError, describe, knownOptions } from "../errors.ts";
import { isChain, isLayered, type InputFeatures, type LayeredModel, type ParameterTensor } from "../model/model.ts";
import { isPart } from "../model/part.ts";
import type { PriorOptions } from "./isotropic.ts";
import { checkedPrecisions } from "./precisions.ts";
import { groupedPrior, priorMean, type Prior } from "./prior.ts";

/**
 * Options of {@link automaticRelevance}.
 *
 * @category Priors
 */
export interface AutomaticRelevanceOptions extends PriorOptions {
  /** Names of the inputs or channels, for reports. Default `"input 1"`, `"input 2"`, ..., or `"channel 1"`, ... */
  readonly inputNames?: readonly string[];
}

/**
 * Automatic relevance determination (MacKay 1994a, 1994b; Neal 1996): the weights that leave one input share a precision, every other
 * weight matrix and bias vector has its own. Re-estimation drives the precisions of inputs that do not matter up, and so
 * their weights to zero.
 *
 * Of a {@link network}, all layers that take its inputs count as the first: dense layers, whose inputs are the columns, or the numbers at each position of a sequence; or convolutions, whose inputs are channels.
 *
 * @category Priors
 * @param precisions - One number for all, or one for each group: inputs first, then biases of the first layer, then weights
 * and biases of each further layer. For a {@link subnetwork}, those of the whole network. Default 1.
 * @throws {@link InvalidArgumentError} for precisions or names that do not fit; {@link UnsupportedError} for a model without layers, and a network whose inputs go elsewhere.
 * @example
 * ```ts
 * import { automaticRelevance, fit, gaussian, mlp, random } from "laplace-ts";
 * const source = random(3);
 * const inputs = Array.from({ length: 60 }, () => [source.normal(), source.normal()]);
 * const targets = inputs.map(([a]) => 2 * a + 0.1 * source.normal());              // the second input does not matter
 * const { posterior } = await fit(mlp([2, 1]), gaussian(), { inputs, targets }, { prior: automaticRelevance(1, { inputNames: ["a", "b"] }) });
 * console.log(posterior.prior.groups.map((name, g) => `${name} ${posterior.effectiveParametersByGroup[g].toFixed(1)}`).join(", ")); // a 1.0, b 0.0, layer1.biases 1.0
 * ```
 */
export function automaticRelevance(precisions: number | ArrayLike<number> = 1, options: AutomaticRelevanceOptions = {}): Prior {
  knownOptions("options", options, ["mean", "fixed", "inputNames"]);
  const precisionsOf = checkedPrecisions(precisions);
  const prior: Prior = {
    name: "automatic relevance",
    bind: (model) => {
      // A selection of weights keeps the groups of the whole network.
      if (!isLayered(model) && isPart(model)) return prior.bind(model.whole).bind(model);
      if (!isLayered(model)) throw new UnsupportedError("automaticRelevance() goes by the inputs of a network's first layer, and this model has no layers. Use groups() to say which weights belong to which input, or perWeight().");
      const first = firstLayers(model);
      const { name: kind, count } = first[0].features;
      const groups = [...namesOf(kind, count, options.inputNames)];
      const groupOf = new Int32Array(model.parameters.length);
      for (const { name, offset, rows, columns } of model.tensors) {
        const features = first.find(({ weights }) => weights.offset === offset)?.features;
        if (features === undefined) groupOf.fill(groups.push(name) - 1, offset, offset + rows * columns);
        else for (let i = 0; i < rows * columns; i++) groupOf[offset + i] = features.of(Math.floor(i / columns), i % columns);
      }
      return groupedPrior("automatic relevance", groups, groupOf, precisionsOf(groups.length), priorMean(model, options.mean), options.fixed);
    },
  };
  return prior;
}

interface FirstLayer {
  readonly weights: ParameterTensor;
  readonly features: InputFeatures;
}

/** The layers that take the inputs of a model: the first of a chain, or those of a graph that say so. */
function firstLayers(model: LayeredModel): readonly FirstLayer[] {
  const { layers } = model;
  const [{ weights, inputs }] = layers;
  if (isChain(model)) return [{ weights, features: { name: "input", count: inputs, of: (_, column) => column } }];
  const first = layers.flatMap((layer) => (layer.features === undefined ? [] : [{ weights: layer.weights, features: layer.features }]));
  if (first.length > 0) return first;
  throw new UnsupportedError("automaticRelevance() goes by the weights that multiply the inputs of a network, so that dense layers alone may take them, or convolutions alone, all of them whole and as they are. Use perLayer(), or groups() to say which weights belong to which input.");
}

function namesOf(kind: string, count: number, names: readonly string[] | undefined): readonly string[] {
  if (names === undefined) return Array.from({ length: count }, (_, i) => `${kind} ${i + 1}`);
  if (names.length === count) return names;
  throw new InvalidArgumentError({ argument: "inputNames", expected: `${count} names, one for each ${kind}`, received: describe(names) });
}
