import fc from "./fast-check.ts";
import type { Table } from "../../src/data.ts";
import type { ActivationName } from "../../src/model/activation.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { OutputDerivatives } from "../../src/model/model.ts";
import { plainOutputs, plainPass, type PlainNetwork } from "./plain-network.ts";
import { normalTable, normals } from "./random-numbers.ts";

export const ACTIVATION_NAMES = ["tanh", "sigmoid", "relu", "softplus", "gelu", "silu", "identity"] as const satisfies readonly ActivationName[];

/** A network with inputs to evaluate it at. */
export interface Case {
  readonly plain: PlainNetwork;
  readonly network: DenseNetwork;
  readonly inputs: Table;
}

/** What a {@link Case} is made from. */
export interface CaseOptions {
  readonly sizes: readonly number[];
  readonly hidden?: ActivationName | readonly ActivationName[];
  readonly output?: ActivationName;
  readonly biases?: boolean;
  readonly rows?: number;
  readonly seed?: number;
}

/** A network of random weights at random inputs. */
export function makeCase({ sizes, hidden = "tanh", output = "identity", biases = true, rows = 3, seed = 1 }: CaseOptions): Case {
  const names = typeof hidden === "string" ? sizes.slice(2).map(() => hidden) : hidden;
  return {
    plain: { sizes, activations: [...names, output], biases },
    network: mlp(sizes, { activation: names, outputActivation: output, biases, seed }),
    inputs: normalTable(rows, sizes[0], seed + 1),
  };
}

/** Random networks: depth 1 to 4, 1 to 3 outputs, mixed activations, with and without biases, down to one unit and one example. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 6 }),
    hidden: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(...ACTIVATION_NAMES)), { maxLength: 3 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    output: fc.constantFrom<ActivationName>("identity", "identity", "tanh", "softplus"),
    biases: fc.boolean(),
    rows: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ inputs, hidden, outputs, output, biases, rows, seed }) =>
    makeCase({ sizes: [inputs, ...hidden.map(([units]) => units), outputs], hidden: hidden.map(([, name]) => name), output, biases, rows, seed }),
  );

/** The outputs of all examples by the plain network, as a function of the weights: N x K. */
export function plainBatch({ plain, inputs }: Case): (weights: ArrayLike<number>) => Float64Array {
  const rows = Array.from({ length: inputs.rows }, (_, n) => inputs.data.subarray(n * inputs.columns, (n + 1) * inputs.columns));
  return (weights) => Float64Array.from(rows.flatMap((row) => plainOutputs(plain, weights, row)));
}

/** Whether differences are true to the derivatives: no relu unit is so near its kink that a small step could cross it. */
export function awayFromKinks({ plain, network, inputs }: Case): boolean {
  if (!plain.activations.includes("relu")) return true;
  for (let n = 0; n < inputs.rows; n++) {
    const { preactivations } = plainPass(plain, network.parameters, inputs.data.subarray(n * inputs.columns, (n + 1) * inputs.columns));
    if (plain.activations.some((name, l) => name === "relu" && preactivations[l].some((a) => Math.abs(a) < 0.01))) return false;
  }
  return true;
}

/** A step for differences of this network, small enough for {@link awayFromKinks}. */
export function stepFor({ plain }: Case): number {
  return plain.activations.includes("relu") ? 1e-4 : 4e-4;
}

/** A loss 1/2 f' M f + c' f for each example, with a dense symmetric and indefinite M, as a function of the outputs. */
export function quadraticLoss(rows: number, outputs: number, seed: number): (f: ArrayLike<number>) => OutputDerivatives {
  const c = normals(rows * outputs, seed);
  const m = normals(rows * outputs * outputs, seed + 1);
  const hessian = m.map((value, i) => {
    const [block, k, j] = [Math.floor(i / outputs ** 2), Math.floor(i / outputs) % outputs, i % outputs];
    return 0.5 * (value + m[block * outputs ** 2 + j * outputs + k]);
  });
  return (f) => {
    const gradient = c.map((value, i) => {
      const start = Math.floor(i / outputs) * outputs;
      let sum = value;
      for (let j = 0; j < outputs; j++) sum += hessian[i * outputs + j] * f[start + j];
      return sum;
    });
    return { gradient, hessian };
  };
}
