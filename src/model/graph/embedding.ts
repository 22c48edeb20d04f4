import { InvalidArgumentError, wholeNumber } from "../../errors.ts";
import { makeLayer, onlyInput, type GradientRows, type Layer, type OperationPass } from "./layer.ts";

/**
 * A vector of its own for each of some things, which the input numbers: words, places, products. Inputs are whole numbers from 0 in any shape, and a last axis is added.
 *
 * Parameters: weights, things x size, row by row as in PyTorch; they start from a standard normal distribution. Vectors of things that the data do not have are uncertain
 * as the prior is. There is no derivative along the inputs: an embedding comes before all layers with parameters.
 *
 * @category Models
 * @param things - How many there are.
 * @param size - Numbers of a vector.
 * @throws {@link InvalidArgumentError} for sizes that are not whole numbers above 0, and at inputs that are not whole numbers from 0 to `things` - 1.
 * @example
 * ```ts
 * import { dense, embedding, flatten, network } from "laplace-ts";
 * // Two of a hundred players: who wins?
 * const model = network([2], [embedding(100, 3), flatten(), dense(1)]);
 * console.log(model.parameters.length); // 307
 * ```
 */
export function embedding(things: number, size: number): Layer {
  wholeNumber("things", things, 1);
  wholeNumber("size", size, 1);
  return makeLayer("embedding", [things, size], (name, shapes) => ({
    shape: [...onlyInput(name, shapes), size],
    tensors: [{ role: "weights", rows: things, columns: size, start: { inputs: 0 } }],
    discrete: true,
    lookup: true,
    evaluate: ([x], parameters, rows) => embeddingPass(indices(name, x, things), size, parameters, rows),
  }));
}

function indices(name: string, x: Float64Array, things: number): Int32Array {
  return Int32Array.from(x, (value, i) => {
    if (Number.isInteger(value) && value >= 0 && value < things) return value;
    throw new InvalidArgumentError({ argument: "inputs", expected: `whole numbers from 0 to ${things - 1}, as ${name} takes them`, received: `${value} at index ${i}`, advice: "Embeddings number things; they do not take measurements, nor inputs that fit() has standardised." });
  });
}

function embeddingPass(chosen: Int32Array, size: number, parameters: Float64Array, rows: number): OperationPass {
  const addVectors = (table: Float64Array, into: Float64Array): void => {
    for (let i = 0, at = 0; i < chosen.length; i++) for (let from = chosen[i] * size; from < (chosen[i] + 1) * size; from++) into[at++] += table[from];
  };
  const perExample = chosen.length / rows;
  const outputs = new Float64Array(chosen.length * size);
  addVectors(parameters, outputs);
  return {
    outputs,
    pull: () => undefined,
    push: (_, direction, into) => {
      if (direction !== undefined) addVectors(direction, into);
    },
    gradient: (u, { data, offset, stride }: GradientRows) => {
      for (let i = 0, at = 0; i < chosen.length; i++) {
        const start = offset + Math.floor(i / perExample) * stride + chosen[i] * size;
        for (let j = 0; j < size; j++) data[start + j] += u[at++];
      }
    },
  };
}
