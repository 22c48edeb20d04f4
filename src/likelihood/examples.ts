import type { Data, Table } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, madeBy, pathToPosterior } from "../errors.ts";
import { modelInputs } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import type { Likelihood } from "./likelihood.ts";

/** Checked examples: inputs that fit the model, targets as the likelihood encodes them. */
export interface Examples {
  readonly inputs: Table;
  readonly targets: Table;
}

/** Checks that model, likelihood and data are what they should be and fit each other. */
export function examples(model: Model, likelihood: Likelihood, data: Data): Examples {
  checkModelled(model, likelihood);
  if (typeof data !== "object" || data === null || !("inputs" in data && "targets" in data)) {
    throw new InvalidArgumentError({ argument: "data", expected: "{ inputs, targets }", received: describe(data), advice: isStream(data) ? "Batches from an iterable or a stream are for laplace() and withMoreData(); put them together first, or train by batches of your own." : undefined });
  }
  knownOptions("data", data, ["inputs", "targets"]);
  const inputs = modelInputs(model, data.inputs, "data.inputs");
  return { inputs, targets: likelihood.encode(data.targets, inputs.rows, model.outputs) };
}

function isStream(data: unknown): boolean {
  return typeof data === "object" && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data);
}

/** What makes a likelihood, for messages. */
export const LIKELIHOODS = "gaussian(), categorical() or another likelihood";

/** Throws unless `model` and `likelihood` are such and fit each other; what contains a model is told apart. */
export function checkModelled(model: Model, likelihood: Likelihood): void {
  if (typeof model === "object" && model !== null && "model" in model) throw notAModel(model, "Pass its `.model`, and where a likelihood is asked for its `.likelihood`.");
  const path = pathToPosterior(model);
  if (path !== undefined) throw notAModel(model, `Pass its \`${path}.model\`, and where a likelihood is asked for its \`${path}.likelihood\`.`);
  if (typeof model === "object" && model !== null && "encode" in model) throw notAModel(model, "The model comes first, then the likelihood.");
  madeBy("mlp() or functionModel()", "model", model, "evaluate");
  madeBy(LIKELIHOODS, "likelihood", likelihood, "encode");
  const shape = outputShapeOf(model);
  if (shape.filter((size) => size > 1).length > 1) throw new InvalidArgumentError({ argument: "model", expected: `outputs in one row, as ${likelihood.name}() takes them`, received: `outputs of ${shape.join(" x ")}, along several axes`, advice: "End with flatten() or globalAveragePooling(), or with dense() after one of them." });
}

function notAModel(model: object, advice: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: "model", expected: "a model, as mlp() or functionModel() makes", received: describe(model), advice });
}

/** Of one example; of networks of layers alone, as others give a row. */
function outputShapeOf(model: Model & { readonly outputShape?: readonly number[] }): readonly number[] {
  return model.outputShape ?? [];
}
