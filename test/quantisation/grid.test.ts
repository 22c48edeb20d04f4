import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { groupStarts, uniformQuantization, type UniformQuantizationOptions } from "../../src/quantisation/grid.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";

const schemes = ["affine", "symmetric"] as const;

/** Matrices of all sizes from a single entry on, with grids of all kinds; some with entries of one sign, constant or zero. */
const cases = fc.record({
  rows: fc.integer({ min: 1, max: 6 }),
  columns: fc.integer({ min: 1, max: 7 }),
  bits: fc.integer({ min: 1, max: 8 }),
  scheme: fc.constantFrom(...schemes),
  groupSize: fc.oneof(fc.constantFrom<"unit" | "tensor">("unit", "tensor"), fc.integer({ min: 1, max: 60 })),
  kind: fc.constantFrom("normal", "positive", "negative", "constant", "zero", "tiny", "outlier"),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

function entries(kind: string, count: number, seed: number): Float64Array {
  const values = normals(count, seed);
  switch (kind) {
    case "positive":
      return values.map((v) => 3 + Math.abs(v));
    case "negative":
      return values.map((v) => -Math.abs(v) - 0.1);
    case "constant":
      return values.fill(values[0]);
    case "zero":
      return values.fill(0);
    case "tiny":
      return values.map((v) => 1e-44 * v);
    case "outlier":
      return values.map((v, i) => (i === 0 ? 1e6 : v));
    default:
      return values;
  }
}

describe("uniformQuantization", () => {
  it("keeps every error within half a step, every code within its bits, and says what the values are", () => {
    fc.assert(
      fc.property(cases, ({ rows, columns, bits, scheme, groupSize, kind, seed }) => {
        const data = entries(kind, rows * columns, seed);
        const { codes, scales, zeroPoints, values, groupStarts: starts, size } = uniformQuantization({ data, shape: [rows, columns] }, { bits, scheme, groupSize });
        const most = scheme === "affine" ? 2 ** bits - 1 : Math.max(1, 2 ** (bits - 1) - 1);
        const group = (i: number): number => starts.reduce((last, start, g) => (start <= i ? g : last), 0);
        for (let i = 0; i < data.length; i++) {
          const [s, z] = [scales[group(i)], zeroPoints[group(i)]];
          const bound = scheme === "symmetric" && bits === 1 ? s : 0.5 * s;
          expect(Math.abs(values[i] - data[i])).toBeLessThanOrEqual(bound * (1 + 1e-6));
          expect(values[i]).toBe(s * (codes[i] - z) + 0);
          expect(codes[i]).toBeLessThanOrEqual(most);
          expect(codes[i]).toBeGreaterThanOrEqual(scheme === "affine" ? 0 : -most);
          expect(Math.fround(s)).toBe(s);
        }
        expect(starts.length).toBe(scales.length);
        expect(size).toBe(rows * columns * bits + scales.length * (scheme === "affine" ? 32 + bits : 32));
      }),
      { numRuns: 400 },
    );
  });

  it("rounds to the nearest value of the grid: no other code comes nearer", () => {
    fc.assert(
      fc.property(cases, ({ rows, columns, bits, scheme, kind, seed }) => {
        const data = entries(kind, rows * columns, seed);
        const { scales, zeroPoints, values } = uniformQuantization({ data, shape: [rows, columns] }, { bits, scheme, groupSize: "tensor" });
        const most = scheme === "affine" ? 2 ** bits - 1 : Math.max(1, 2 ** (bits - 1) - 1);
        const codes = scheme === "affine" ? Array.from({ length: most + 1 }, (_, c) => c) : Array.from({ length: 2 * most + 1 }, (_, c) => c - most).filter((c) => bits > 1 || c !== 0);
        for (let i = 0; i < data.length; i++) {
          const nearest = Math.min(...codes.map((c) => Math.abs(scales[0] * (c - zeroPoints[0]) - data[i])));
          expect(Math.abs(values[i] - data[i])).toBeLessThanOrEqual(nearest * (1 + 1e-9) + 1e-12 * scales[0]);
        }
      }),
    );
  });

  it("gives what is on a grid back to the last digit", () => {
    for (const scheme of schemes) {
      for (let bits = 2; bits <= 8; bits++) {
        const most = scheme === "affine" ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
        const zero = scheme === "affine" ? Math.floor(most / 3) : 0;
        const codes = Array.from({ length: scheme === "affine" ? most + 1 : 2 * most + 1 }, (_, c) => (scheme === "affine" ? c : c - most));
        const result = uniformQuantization([codes.map((c) => 0.125 * (c - zero))], { bits, scheme });
        expect([...result.codes]).toEqual(codes);
        expect([...result.values]).toEqual(codes.map((c) => 0.125 * (c - zero) + 0));
        expect([...result.scales, ...result.zeroPoints]).toEqual([0.125, zero]);
      }
    }
  });

  it("knows a constant and zeros, and one bit", () => {
    for (const scheme of schemes) {
      expect([...uniformQuantization([[0, 0, 0]], { bits: 3, scheme }).values]).toEqual([0, 0, 0]);
      for (const value of [-0.3, 0.3]) {
        const { values } = uniformQuantization([[value, value]], { bits: 4, scheme });
        for (const rounded of values) expect(Math.abs(rounded / value - 1)).toBeLessThan(2 ** -22);
      }
    }
    expect([...uniformQuantization([[-2, 0.5, 2]], { bits: 1, scheme: "symmetric" }).values]).toEqual([-1, 1, 1]);
    expect([...uniformQuantization([[0.4, 0.6, 2]], { bits: 1 }).values]).toEqual([0, 0, 2]);
  });

  it("divides rows, and takes whole rows together where a group is larger", () => {
    expect([...groupStarts(2, 5, "unit")]).toEqual([0, 5]);
    expect([...groupStarts(2, 5, "tensor")]).toEqual([0]);
    expect([...groupStarts(2, 5, 2)]).toEqual([0, 2, 4, 5, 7, 9]);
    expect([...groupStarts(2, 5, 1)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...groupStarts(5, 2, 5)]).toEqual([0, 4, 8]);
    expect([...groupStarts(5, 2, 1000)]).toEqual([0]);
    expect([...groupStarts(5, 1, "unit")]).toEqual([0]);
    expect([...groupStarts(5, 1, 2)]).toEqual([0, 2, 4]);
  });

  it("has scales of their own in groups, so that one large weight spoils its group alone", () => {
    const values = [[0.1, 0.2, 100, 0.3]];
    const { values: together } = uniformQuantization(values, { bits: 4 });
    const { values: apart } = uniformQuantization(values, { bits: 4, groupSize: 2 });
    expect(together[0]).toBe(0);
    expect(Math.abs(apart[0] - 0.1)).toBeLessThan(0.01);
  });

  it("leaves what it was given as it was", () => {
    const data = Float64Array.of(0.1, 0.2, -0.7);
    uniformQuantization(data, { bits: 1 });
    expect([...data]).toEqual([0.1, 0.2, -0.7]);
  });

  it.each<[options: unknown, message: RegExp]>([
    [{ bits: 0 }, /^bits: expected a whole number of at least 1, got 0/],
    [{ bits: 17 }, /^bits: expected a whole number from 1 to 16, got 17/],
    [{ bits: 2.5 }, /^bits: /],
    [{}, /^bits: .* got undefined/],
    [{ bits: 2, groupSize: 0 }, /^groupSize: expected a whole number of at least 1, "unit" or "tensor", got 0/],
    [{ bits: 2, groupSize: "row" }, /^groupSize: /],
    [{ bits: 2, scheme: "binary" }, /^scheme: expected one of "affine", "symmetric"/],
    [{ bits: 2, group: 3 }, /^options\.group: expected one of the options bits, groupSize, scheme/],
  ])("refuses %o", (options, message) => {
    expect(() => uniformQuantization([[1, 2]], options as UniformQuantizationOptions)).toThrow(message);
    expect(() => uniformQuantization([[1, 2]], options as UniformQuantizationOptions)).toThrow(InvalidArgumentError);
  });

  it("refuses values that are not finite, and those beyond float32", () => {
    expect(() => uniformQuantization([[1, Number.NaN]], { bits: 2 })).toThrow(/^values: expected finite numbers/);
    expect(() => uniformQuantization([[1, -1e300]], { bits: 2 })).toThrow(/^values: .*below 3e38, got -1e\+300/);
  });
});
