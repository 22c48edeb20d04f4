import { InvalidArgumentError, UnsupportedError, describe, knownOptions } from "../errors.ts";
import { isLayered } from "../model/model.ts";
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
  /** Names of the inputs, for reports. Default `"input 1"`, `"input 2"`, ... */
  readonly inputNames?: readonly string[];
}

/**
 * Automatic relevance determination (MacKay 1994; Neal 1996): the weights that leave one input share a precision, every other
 * weight matrix and bias vector has its own. Re-estimation drives the precisions of inputs that do not matter up, and so
 * their weights to zero.
 *
 * @category Priors
 * @param precisions - One number for all, or one for each group: inputs first, then biases of the first layer, then weights
 * and biases of each further layer. For a {@link subnetwork}, those of the whole network. Default 1.
 * @throws {@link InvalidArgumentError} for precisions or names that do not fit; {@link UnsupportedError} for a model without layers.
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
      const groups: string[] = [];
      const groupOf = new Int32Array(model.parameters.length);
      model.tensors.forEach(({ name, role, offset, rows, columns }, t) => {
        if (t === 0 && role === "weights") {
          for (let i = 0; i < rows * columns; i++) groupOf[offset + i] = i % columns;
          groups.push(...namesOf(columns, options.inputNames));
          return;
        }
        groupOf.fill(groups.length, offset, offset + rows * columns);
        groups.push(name);
      });
      return groupedPrior("automatic relevance", groups, groupOf, precisionsOf(groups.length), priorMean(model, options.mean), options.fixed);
    },
  };
  return prior;
}

function namesOf(inputs: number, names: readonly string[] | undefined): readonly string[] {
  if (names === undefined) return Array.from({ length: inputs }, (_, i) => `input ${i + 1}`);
  if (names.length === inputs) return names;
  throw new InvalidArgumentError({ argument: "inputNames", expected: `${inputs} names, one for each input`, received: describe(names) });
}
