import { describe, expect, it } from "vitest";
import { InvalidArgumentError, LaplaceError, NotFiniteError, NotPositiveDefiniteError, UnsupportedError } from "../../src/errors.ts";
import { errorOf, recordOf } from "../../src/workers/error-record.ts";

const errors = [
  new LaplaceError("one"),
  new InvalidArgumentError({ argument: "noise", expected: "a number", received: "none" }),
  new NotFiniteError("two"),
  new NotPositiveDefiniteError("P", -0.5, "Train further."),
  new UnsupportedError("three"),
  new RangeError("four"),
  new TypeError("five"),
];

describe("an error from another thread", () => {
  it.each(errors)("is as it was: $name", (error) => {
    const again = errorOf(structuredClone(recordOf(error)));
    expect(again).toEqual(error);
    expect(again.constructor).toBe(error.constructor);
    expect(Object.entries(again)).toEqual(Object.entries(error));
    expect([again.name, again.message, again.stack, String(again)]).toEqual([error.name, error.message, error.stack, String(error)]);
  });

  it("is an error, whatever was thrown", () => {
    expect(errorOf(structuredClone(recordOf("a text")))).toEqual(new Error("a text"));
    expect(errorOf({ name: "toString", message: "odd", stack: undefined, fields: {} })).toEqual(new Error("odd"));
  });
});
