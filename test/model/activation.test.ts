import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { activation, type ActivationName } from "../../src/model/activation.ts";
import { ACTIVATION_NAMES } from "../support/networks.ts";
import { textbook } from "../support/plain-network.ts";
import { differences } from "../support/sixth-order-differences.ts";

const points = [-5, -2.5, -1, -0.3, 0.2, 0.7, 1.5, 4];

describe.each(ACTIVATION_NAMES)("%s", (name) => {
  const h = activation(name);
  const first = (a: number): number => h.first(a, h.value(a));
  const second = (a: number): number => h.second(a, h.value(a));
  const slopeOf = (g: (a: number) => number, a: number): number => differences(([x]) => [g(x)], [a], 1e-2)[0];

  it("has the value of its definition", () => {
    expect(h.name).toBe(name);
    for (const a of points) expect(h.value(a)).toBeCloseTo(textbook[name](a), 13);
  });

  it("has the derivatives of its value", () => {
    for (const a of points) {
      expect(first(a)).toBeCloseTo(slopeOf(h.value, a), 10);
      expect(second(a)).toBeCloseTo(slopeOf(first, a), 10);
    }
  });

  it("is finite where exp is not", () => {
    for (const a of [-1e6, -800, -40, 0, 40, 800, 1e6]) {
      expect([h.value(a), first(a), second(a)].every(Number.isFinite)).toBe(true);
    }
  });

  it("has its limits far out", () => {
    const limits: Record<ActivationName, [left: number, right: number]> = {
      tanh: [-1, 1],
      sigmoid: [0, 1],
      relu: [0, 800],
      softplus: [0, 800],
      gelu: [0, 800],
      silu: [0, 800],
      identity: [-800, 800],
    };
    expect(h.value(-800)).toBeCloseTo(limits[name][0], 12);
    expect(h.value(800)).toBeCloseTo(limits[name][1], 12);
    expect(second(800)).toBeCloseTo(0, 12);
    expect(second(-800)).toBeCloseTo(0, 12);
  });
});

describe("activation", () => {
  it("agrees with values from Python's math.erfc for gelu", () => {
    const { value } = activation("gelu");
    const known = [[-3, -0.004049694094890287], [-1, -0.15865525393145707], [0.25, 0.14967658142073093], [1, 0.8413447460685429], [4, 3.9998733150326675]];
    for (const [a, expected] of known) expect(value(a)).toBeCloseTo(expected, 14);
  });

  it("takes slope 0 at the kink of relu", () => {
    const relu = activation("relu");
    expect(relu.first(0, 0)).toBe(0);
    expect(relu.value(-0.5)).toBe(0);
  });

  it("doubles the variance of initial weights for units that cut half away", () => {
    const gains = Object.fromEntries(ACTIVATION_NAMES.map((name) => [name, activation(name).gain]));
    expect(gains).toEqual({ tanh: 1, sigmoid: 1, relu: 2, softplus: 2, gelu: 2, silu: 2, identity: 1 });
  });

  it("names the choices when it does not know one", () => {
    expect(() => activation("swish" as ActivationName)).toThrow(InvalidArgumentError);
    expect(() => activation("swish" as ActivationName)).toThrow(/^activation: .*"tanh".*"gelu".*got "swish"/);
    // A name that every object has is not an activation.
    expect(() => activation("toString" as ActivationName)).toThrow(InvalidArgumentError);
  });
});
