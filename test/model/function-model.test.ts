import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import type { Table } from "../../src/data.ts";
import { InvalidArgumentError, NotFiniteError } from "../../src/errors.ts";
import { forward, jacobian } from "../../src/model/derivatives.ts";
import { functionModel, type ModelFunction } from "../../src/model/function-model.ts";
import { isLayered, type Evaluation, type Model, type OutputDerivatives } from "../../src/model/model.ts";
import { expectClose } from "../support/close.ts";
import { makeCase, quadraticLoss, type Case } from "../support/networks.ts";
import { plainOutputs } from "../support/plain-network.ts";
import { normals } from "../support/random-numbers.ts";

const smooth = ["tanh", "sigmoid", "softplus", "gelu", "silu"] as const;

/** Small smooth networks. */
const networks = fc
  .record({ hidden: fc.constantFrom(...smooth), inputs: fc.integer({ min: 1, max: 3 }), units: fc.integer({ min: 1, max: 3 }), outputs: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 3 }), biases: fc.boolean(), seed: fc.nat(1e5) })
  .map(({ hidden, inputs, units, outputs, rows, biases, seed }) => makeCase({ sizes: [inputs, units, outputs], hidden, rows, biases, seed }));

/** The same network written as a function of its weights. */
function asFunction({ plain, network }: Case): ModelFunction {
  return { parameters: network.parameters, outputs: network.outputs, inputs: plain.sizes[0], value: (w, x) => plainOutputs(plain, w, x) };
}

/** The same with its Jacobian, in rows or flat. */
function withJacobian(drawn: Case, flat: boolean): ModelFunction {
  return {
    ...asFunction(drawn),
    jacobian: (w, x) => {
      const rows = jacobian(drawn.network.withParameters(w), [x]);
      return flat ? rows.to1DArray() : rows.to2DArray();
    },
  };
}

function everyDerivative(model: Model, inputs: Table, loss: OutputDerivatives, direction: Float64Array, factor: Float64Array): { first: Float64Array[]; second: Float64Array[] } {
  const evaluation: Evaluation = model.evaluate(inputs);
  return {
    first: [evaluation.outputs, evaluation.jacobian(), evaluation.scaledJacobian(factor, 2), evaluation.jacobianVectorProduct(direction), evaluation.vectorJacobianProduct(loss.gradient)],
    second: [evaluation.hessian(loss), evaluation.hessianDiagonal(loss), evaluation.hessianVectorProduct(loss, direction)],
  };
}

function expectSame(drawn: Case, definition: ModelFunction, seed: number, first: number, second: number): void {
  const { network, inputs } = drawn;
  const loss = quadraticLoss(inputs.rows, network.outputs, seed)(network.evaluate(inputs).outputs);
  const [direction, factor] = [normals(network.parameters.length, seed), normals(inputs.rows * network.outputs * 2, seed + 9)];
  const [actual, expected] = [functionModel(definition), network].map((model: Model) => everyDerivative(model, inputs, loss, direction, factor));
  actual.first.forEach((values, i) => expectClose(values, expected.first[i], first));
  actual.second.forEach((values, i) => expectClose(values, expected.second[i], second));
}

describe("functionModel", () => {
  it("agrees with an mlp that it spells out, by differences", () => {
    fc.assert(
      fc.property(networks, fc.nat(1000), (drawn, seed) => {
        expectSame(drawn, asFunction(drawn), seed, 3e-9, 3e-6);
      }),
      { numRuns: 20 },
    );
  });

  it("agrees more closely when it is given the Jacobian, in rows or flat", () => {
    fc.assert(
      fc.property(networks, fc.boolean(), fc.nat(1000), (drawn, flat, seed) => {
        expectSame(drawn, withJacobian(drawn, flat), seed, 1e-12, 3e-9);
      }),
      { numRuns: 20 },
    );
  });

  it("may give a plain number when it has one output", () => {
    const decay = functionModel({ parameters: [2, 0.5], value: ([amount, rate], [time]) => amount * Math.exp(-rate * time) });
    expect(forward(decay, [0, 1]).to1DArray()).toEqual([2, 2 * Math.exp(-0.5)]);
    expect(decay.outputs).toBe(1);
    expect(decay.inputs).toBeUndefined();
    expect(isLayered(decay)).toBe(false);
    expectClose(jacobian(decay, [1]).to1DArray(), [Math.exp(-0.5), -2 * Math.exp(-0.5)], 1e-9);
  });

  it("has one tensor that covers all parameters, and can move", () => {
    const line = functionModel({ parameters: [2, 1], inputs: 1, value: ([slope, offset], [x]) => slope * x + offset });
    expect(line.tensors).toEqual([{ name: "parameters", layer: 0, role: "weights", offset: 0, rows: 1, columns: 2 }]);
    expect(forward(line.withParameters(Float64Array.of(3, 0)), [3]).get(0, 0)).toBe(9);
    expect(forward(line, [3]).get(0, 0)).toBe(7);
    expect(() => forward(line, [[1, 2]])).toThrow(/^inputs: expected 1 columns/);
  });

  it("is not led astray by a function that writes into what it gets", () => {
    const positive = (w: Float64Array, x: Float64Array): number => {
      w[0] = Math.exp(w[0]);
      x[0] += 1;
      return w[0] * x[0];
    };
    const inputs = { data: Float64Array.of(0, 1, 2), rows: 3, columns: 1 };
    const careless = functionModel({ parameters: [0.5], value: positive, jacobian: (w, x) => [positive(w, x)] }).evaluate(inputs);
    const expected = [1, 2, 3].map((x) => Math.exp(0.5) * x);
    expect([...careless.outputs]).toEqual(expected);
    expect([...careless.jacobian()]).toEqual(expected);
    expectClose(functionModel({ parameters: [0.5], value: positive }).evaluate(inputs).jacobian(), expected, 1e-9);
    expect([...inputs.data]).toEqual([0, 1, 2]);
  });

  it("asks for the Jacobian once for each example", () => {
    let calls = 0;
    const model = functionModel({ parameters: [1], value: ([w], [x]) => w * x, jacobian: (_, [x]) => (calls++, [x]) });
    const evaluation = model.evaluate({ data: Float64Array.of(1, 2, 3), rows: 3, columns: 1 });
    expect(calls).toBe(0);
    evaluation.jacobian();
    evaluation.vectorJacobianProduct(Float64Array.of(1, 1, 1));
    evaluation.jacobianVectorProduct(Float64Array.of(1));
    expect(calls).toBe(3);
  });

  const value = ([w]: Float64Array, [x]: Float64Array): number => w * x;
  it.each<[what: string, definition: unknown, message: RegExp]>([
    ["an unknown option", { parameters: [1], value, gradient: value }, /^definition\.gradient: expected one of the options parameters, /],
    ["no function", { parameters: [1] }, /^value: expected a function \(parameters, input\) => output, got undefined/],
    ["a Jacobian that is no function", { parameters: [1], value, jacobian: [[1]] }, /^jacobian: expected a function/],
    ["no parameters", { value }, /^parameters/],
    ["an empty list of parameters", { parameters: [], value }, /^parameters/],
    ["parameters that are NaN", { parameters: [1, Number.NaN], value }, /^parameters: expected finite numbers, got NaN at index 1/],
    ["no outputs", { parameters: [1], value, outputs: 0 }, /^outputs: expected a whole number of at least 1, got 0/],
    ["half an input", { parameters: [1], value, inputs: 0.5 }, /^inputs: expected a whole number of at least 1, got 0\.5/],
  ])("refuses %s", (_, definition, message) => {
    const make = (): Model => functionModel(definition as ModelFunction);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });

  it("refuses results of the wrong length", () => {
    const two = functionModel({ parameters: [1], value: ([w]) => [w, w] });
    expect(() => forward(two, [1])).toThrow(/^value: expected 1 numbers for an example, got 2\. Set `outputs`/);
    const forgotten = functionModel({ parameters: [1], value: (() => undefined) as unknown as ModelFunction["value"] });
    expect(() => forward(forgotten, [1])).toThrow(/^value: expected a function that returns a number, got undefined for example 0/);
    const short = functionModel({ parameters: [1, 2], value: ([w]) => w, jacobian: () => [1] });
    expect(() => jacobian(short, [1])).toThrow(/^jacobian: expected 2 numbers for an example, got 1/);
    expect(() => two.withParameters(Float64Array.of(1, 2))).toThrow(/^parameters: expected 1 numbers, got 2/);
  });

  it("refuses a Jacobian with rows and columns exchanged", () => {
    const transposed = functionModel({ parameters: [1, 2, 3], outputs: 2, value: ([a, b, c]) => [a + b, c], jacobian: () => [[1, 0], [1, 0], [0, 1]] });
    expect(() => jacobian(transposed, [1])).toThrow(/^jacobian: expected 2 rows of 3 numbers/);
  });

  it("does not let NaN or infinity out", () => {
    const root = functionModel({ parameters: [-1], value: ([w], [x]) => Math.sqrt(w * x) });
    expect(() => forward(root, [0, 1])).toThrow(NotFiniteError);
    expect(() => forward(root, [0, 1])).toThrow(/^value gave NaN for example 1/);
    const slope = functionModel({ parameters: [1], value: ([w]) => w, jacobian: () => [Infinity] });
    expect(() => jacobian(slope, [1])).toThrow(/^jacobian gave Infinity for example 0/);
  });

  it("takes its steps from the size of its parameters, however small", () => {
    const [amount, rate] = [1e9, 1e-7];
    const decay = functionModel({ parameters: [amount, rate], value: ([a, k], [t]) => a * Math.exp(-k * t) });
    const times = { data: Float64Array.of(1e6, 1e7), rows: 2, columns: 1 };
    const expected = Array.from(times.data).flatMap((t) => [Math.exp(-rate * t), -amount * t * Math.exp(-rate * t)]);
    const jacobian = decay.evaluate(times).jacobian();
    expected.forEach((value, i) => expect(Math.abs(jacobian[i] / value - 1)).toBeLessThan(1e-8));
  });
});
