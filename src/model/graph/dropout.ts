import { InvalidArgumentError, describe } from "../../errors.ts";
import { makeLayer, onlyInput, type Layer } from "./layer.ts";
import { rearrangement } from "./rearrangement.ts";

/**
 * What is dropped at random while other programs train, and does nothing here: a network is a function, and its weights are uncertain by their posterior. It keeps the
 * place of the layer in an imported network.
 *
 * @category Models
 * @param rate - The share that was dropped, for the record: at least 0 and below 1. Default 0.5.
 * @example
 * ```ts
 * import { dense, dropout, network } from "laplace-ts";
 * const model = network([4], [dense(8, { activation: "relu" }), dropout(0.5), dense(1)]);
 * console.log(model.parameters.length); // 49
 * ```
 */
export function dropout(rate = 0.5): Layer {
  if (!(typeof rate === "number" && rate >= 0 && rate < 1)) throw new InvalidArgumentError({ argument: "rate", expected: "a number of at least 0 and below 1", received: describe(rate) });
  return makeLayer("dropout", [rate], (name, shapes) => rearrangement(onlyInput(name, shapes), onlyInput(name, shapes)));
}
