import { knownOptions } from "../errors.ts";
import type { PriorOptions } from "./isotropic.ts";
import { spread } from "./per-layer.ts";
import { groupedPrior, priorMean, type Prior } from "./prior.ts";

/**
 * Automatic relevance determination (MacKay 1994; Neal 1996): the weights that leave one input share a precision, every other
 * weight matrix and bias vector has its own. Re-estimation drives the precisions of inputs that do not matter up, and so
 * their weights to zero.
 *
 * @category Priors
 * @param precisions - One number for all, or one for each group: inputs first, then biases of the first layer, then weights
 * and biases of each further layer. Default 1.
 */
export function automaticRelevance(precisions: number | ArrayLike<number> = 1, options: PriorOptions = {}): Prior {
  knownOptions("options", options, ["mean"]);
  return {
    name: "automatic relevance",
    bind: (model) => {
      const groups: string[] = [];
      const groupOf = new Int32Array(model.parameters.length);
      model.tensors.forEach(({ name, role, offset, rows, columns }, t) => {
        if (t === 0 && role === "weights") {
          for (let i = 0; i < rows * columns; i++) groupOf[offset + i] = i % columns;
          for (let i = 0; i < columns; i++) groups.push(`input ${i + 1}`);
          return;
        }
        groupOf.fill(groups.length, offset, offset + rows * columns);
        groups.push(name);
      });
      return groupedPrior("automatic relevance", groups, groupOf, spread(precisions, groups.length), priorMean(model, options.mean));
    },
  };
}
