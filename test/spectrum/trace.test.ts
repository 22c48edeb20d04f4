import { Matrix } from "ml-matrix";
import { describe, expect, it, vi } from "vitest";
import { estimateDiagonal } from "../../src/spectrum/diagonal.ts";
import { estimateTrace } from "../../src/spectrum/trace.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";
import { operatorOf, spectra, withSpectrum } from "./matrices.ts";

// Statistics of many seeds, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000 });

const methods = ["hutch++", "hutchinson"] as const;
/** A spectrum as curvature has: a few large eigenvalues, many small ones. */
const decaying = Array.from({ length: 80 }, (_, i) => 1 / (i + 1) ** 2);
const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe("estimateTrace", () => {
  it("is exact with as many products as rows", async () => {
    await fc.assert(
      fc.asyncProperty(spectra, fc.nat(1e6), fc.constantFrom(...methods), async (spectrum, seed, method) => {
        const a = withSpectrum(spectrum, seed);
        const { value, standardError, products } = await estimateTrace(operatorOf(a), { method, seed, products: Math.max(6, spectrum.length) });
        expectClose([value], [a.trace()], 1e-12);
        expect([standardError, products]).toEqual([0, spectrum.length]);
      }),
      { numRuns: 50 },
    );
  });

  it.each(methods)("is within its standard error by %s, which is as large as the errors are", async (method) => {
    for (const spectrum of [decaying, Array.from(normals(50, 1))]) {
      const a = withSpectrum(spectrum, 2);
      const exactly = spectrum.reduce((sum, value) => sum + value, 0);
      const scores: number[] = [];
      for (let seed = 0; seed < 200; seed++) {
        const { value, standardError, products } = await estimateTrace(operatorOf(a), { method, products: 45, seed });
        expect(products).toBe(45);
        scores.push((value - exactly) / standardError);
      }
      // Of Student's t with 14 degrees of freedom 1.08, and of 200 of them.
      expect(rms(scores)).toBeGreaterThan(0.85);
      expect(rms(scores)).toBeLessThan(1.3);
      expect(scores.filter((score) => Math.abs(score) > 4).length).toBeLessThan(5);
    }
  });

  it("gains much by Hutch++ where few eigenvalues are large", async () => {
    const operator = operatorOf(withSpectrum(decaying, 2));
    const [simple, better] = [await estimateTrace(operator, { method: "hutchinson", products: 45 }), await estimateTrace(operator, { products: 45 })];
    expect(better.standardError).toBeLessThan(0.1 * simple.standardError);
  });

  it("has no error left by Hutch++ where the range is small, nor for zeros and multiples of the identity", async () => {
    const low = await estimateTrace(operatorOf(withSpectrum([4, 3, -2, ...Array<number>(60).fill(0)], 1)), { products: 30 });
    expectClose([low.value, low.standardError], [5, 0], 1e-12);
    expect(await estimateTrace(operatorOf(Matrix.zeros(40, 40)), { products: 30 })).toEqual({ value: 0, standardError: 0, products: 30 });
    const multiple = await estimateTrace(operatorOf(Matrix.eye(40).mul(3)), { products: 30, method: "hutchinson" });
    expectClose([multiple.value, multiple.standardError], [120, 0], 1e-12);
  });

  it("refuses what does not fit, by name", async () => {
    const operator = operatorOf(Matrix.eye(9));
    const of = (options: object) => estimateTrace(operator, options);
    await expect(of({ method: "hutch" })).rejects.toThrow(/^method: expected one of "hutch\+\+", "hutchinson", got "hutch"/);
    await expect(of({ products: 5 })).rejects.toThrow(/^products: /);
    await expect(of({ samples: 5 })).rejects.toThrow(/unknown option "samples"/);
    await expect(of({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe("estimateDiagonal", () => {
  it("is exact with as many products as rows", async () => {
    await fc.assert(
      fc.asyncProperty(spectra, fc.nat(1e6), async (spectrum, seed) => {
        const a = withSpectrum(spectrum, seed);
        const { values, standardErrors, products } = await estimateDiagonal(operatorOf(a), { seed });
        expectClose(values, a.diagonal(), 1e-12);
        expect(products).toBe(spectrum.length);
        expect(standardErrors.every((error) => error === 0)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("is within its standard errors, which are as large as the errors are", async () => {
    const a = withSpectrum(Array.from(normals(30, 1)), 2);
    const exactly = a.diagonal();
    const scores: number[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const { values, standardErrors } = await estimateDiagonal(operatorOf(a), { products: 20, seed });
      values.forEach((value, i) => scores.push((value - exactly[i]) / standardErrors[i]));
    }
    expect(rms(scores)).toBeGreaterThan(0.9);
    expect(rms(scores)).toBeLessThan(1.25);
  });

  it("is exact for a diagonal matrix, whatever the probes", async () => {
    const { values, standardErrors } = await estimateDiagonal(operatorOf(Matrix.diag([3, -1, 0, 2])), { products: 2 });
    expectClose(values, [3, -1, 0, 2], 1e-15);
    expectClose(standardErrors, [0, 0, 0, 0], 1e-15);
  });

  it("refuses what does not fit, by name", async () => {
    await expect(estimateDiagonal(operatorOf(Matrix.eye(9)), { products: 1 })).rejects.toThrow(/^products: /);
    await expect(estimateDiagonal(Matrix.eye(9) as never)).rejects.toThrow(/^operator: /);
  });
});
