import { describe as suite, expect, it } from "vitest";
import { InvalidArgumentError, LaplaceError, NotFiniteError, NotPositiveDefiniteError, UnsupportedError, describe, knownOptions, oneOf, pathToPosterior, positive, trueOrFalse, wholeNumber } from "../src/errors.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { measurements } from "../src/likelihood/measurements.ts";
import { mlp } from "../src/model/mlp.ts";
import { perLayer } from "../src/prior/per-layer.ts";

suite("errors", () => {
  it("share a base class and say their names", () => {
    const invalid = new InvalidArgumentError({ argument: "noise", expected: "a finite number above 0", received: "-1" });
    const errors = [invalid, new UnsupportedError("no"), new NotFiniteError("NaN"), new NotPositiveDefiniteError("The precision", -1, "Train on.")];
    for (const error of errors) {
      expect(error).toBeInstanceOf(LaplaceError);
      expect(error).toBeInstanceOf(Error);
    }
    expect(errors.map(({ name }) => name)).toEqual(["InvalidArgumentError", "UnsupportedError", "NotFiniteError", "NotPositiveDefiniteError"]);
    expect(new LaplaceError("x").name).toBe("LaplaceError");
  });

  it("carry what was expected, what came and what to do", () => {
    const error = new InvalidArgumentError({ argument: "noise", expected: "a finite number above 0", received: "-1", advice: "Give a standard deviation." });
    expect(error.message).toBe("noise: expected a finite number above 0, got -1. Give a standard deviation.");
    expect([error.argument, error.expected, error.received]).toEqual(["noise", "a finite number above 0", "-1"]);
    expect(new InvalidArgumentError({ argument: "a", expected: "b", received: "c" }).message).toBe("a: expected b, got c.");
    const indefinite = new NotPositiveDefiniteError("The precision", -0.123456, "Train on.");
    expect(indefinite.message).toBe("The precision is not positive definite: its smallest eigenvalue is -0.1235. Train on.");
    expect(indefinite.smallestEigenvalue).toBe(-0.123456);
  });
});

suite("the posterior within", () => {
  const posterior = { mean: [] };
  const mixture = { posteriors: [posterior, posterior] };
  it.each<[what: string, value: unknown, path: string | undefined]>([
    ["a fit", { posterior }, ".posterior"],
    ["a search, whose best is a point", { posterior, best: {} }, ".posterior"],
    ["a family of networks", { posterior: mixture, best: { posterior }, members: [{ posterior }] }, ".best.posterior"],
    ["a committee", { posterior: mixture, members: [{ posterior }] }, ".members[0].posterior"],
    ["a mixture", mixture, ".posteriors[0]"],
    ["a posterior itself", posterior, undefined],
    ["nothing", undefined, undefined],
  ])("of %s", (_, value, path) => expect(pathToPosterior(value)).toBe(path));
});

suite("describe", () => {
  it.each<[value: unknown, text: string]>([
    [null, "null"],
    [undefined, "undefined"],
    [Number.NaN, "NaN"],
    [true, "true"],
    ["a\"b", '"a\\"b"'],
    [Math.sin, "a function"],
    [[], "an empty array"],
    [[[1, 2], 3], "an array of 2, the first an array of 2, the first 1"],
    [new Float32Array(3), "a Float32Array of length 3"],
    [{ a: 1, b: 2 }, "an object with a, b"],
    [{}, "an object with no keys"],
    [new Date(0), "a Date"],
    [Promise.resolve(1), "a Promise"],
    [new Map([[1, 2]]), "a Map"],
    [new ArrayBuffer(1), "an ArrayBuffer"],
    [Object.assign(new Date(0), { a: 1 }), "an object with a"],
    [1n, "bigint"],
    [Symbol("s"), "symbol"],
  ])("tells %o", (value, text) => {
    expect(describe(value)).toBe(text);
  });
});

suite("checks", () => {
  it("pass what is right through", () => {
    expect(positive("a", 1e-300)).toBe(1e-300);
    expect(wholeNumber("a", 0, 0)).toBe(0);
    expect(oneOf("a", "y", ["x", "y"])).toBe("y");
    expect(() => knownOptions("options", { x: 1 }, ["x", "y"])).not.toThrow();
  });

  it.each([0, -1, Number.NaN, Infinity, "1", null, undefined, [1]])("positive refuses %o", (value) => {
    expect(() => positive("noise", value)).toThrow(InvalidArgumentError);
    expect(() => positive("noise", value)).toThrow(/^noise: expected a finite number above 0, got /);
  });

  it.each([1, 2.5, Number.NaN, Infinity, 2 ** 53, "3", null, undefined])("wholeNumber refuses %o where 2 is the least", (value) => {
    expect(() => wholeNumber("size", value, 2)).toThrow(/^size: expected a whole number of at least 2, got /);
  });

  it("take nothing but booleans for booleans", () => {
    expect([trueOrFalse("fixed", true), trueOrFalse("fixed", false)]).toEqual([true, false]);
    for (const text of ["false", 0, null]) {
      const refused = /^(fixed|perOutput|biases|separateBiases): expected true or false, got ("false"|0|null)/;
      const given = text as never;
      expect(() => trueOrFalse("fixed", given)).toThrow(refused);
      if (text === null) continue;
      expect(() => gaussian({ noise: 1, fixed: given })).toThrow(refused);
      expect(() => gaussian({ perOutput: given })).toThrow(refused);
      expect(() => measurements({ fixed: given })).toThrow(refused);
      expect(() => mlp([1, 1], { biases: given })).toThrow(refused);
      expect(() => perLayer(1, { separateBiases: given })).toThrow(refused);
    }
  });

  it("list the choices", () => {
    expect(() => oneOf("mode", "z", ["x", "y"])).toThrow('mode: expected one of "x", "y", got "z".');
    expect(() => oneOf("mode", undefined, ["x", "y"])).toThrow(InvalidArgumentError);
    expect(() => knownOptions("options", { nosie: 1 }, ["noise", "fixed"])).toThrow('options.nosie: expected one of the options noise, fixed, got the unknown option "nosie".');
    for (const data of [[1, 2], new Float64Array(2)]) expect(() => knownOptions("options", data, ["noise"])).toThrow(/^options: expected an object with any of noise, got an? .*\{ inputs, targets \}/);
    expect(() => knownOptions("options", 3 as never, ["noise"])).toThrow("options: expected an object with any of noise, got 3.");
    expect(() => knownOptions("options", { a: undefined }, [])).toThrow(/^options\.a: expected no options/);
  });
});
