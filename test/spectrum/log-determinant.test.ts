import { Matrix } from "ml-matrix";
import { describe, expect, it, vi } from "vitest";
import { NotPositiveDefiniteError } from "../../src/errors.ts";
import { withProducts } from "../../src/linalg/lanczos.ts";
import { estimateLogDeterminant } from "../../src/spectrum/log-determinant.ts";
import { integral, quadrature } from "../../src/spectrum/quadrature.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";
import { operatorOf, positiveSpectra, withSpectrum } from "./matrices.ts";

// Statistics of many seeds, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000 });

const logDeterminant = (spectrum: readonly number[]): number => spectrum.reduce((sum, value) => sum + Math.log(value), 0);
const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
/** As of a posterior precision: most at the prior's, some far above. */
const precision = Array.from({ length: 50 }, (_, i) => 1 + (i < 25 ? 1e4 * 0.6 ** i : 0));

describe("estimateLogDeterminant", () => {
  it("is exact with as many probes as rows", async () => {
    await fc.assert(
      fc.asyncProperty(positiveSpectra, fc.nat(1e6), fc.boolean(), async (spectrum, seed, bounded) => {
        const { value, standardError, truncation } = await estimateLogDeterminant(operatorOf(withSpectrum(spectrum, seed)), { probes: Math.max(2, spectrum.length), ...(bounded && { lowerBound: Math.min(...spectrum) }) });
        expect(standardError).toBe(0);
        expect(truncation).toBeLessThan(1e-7);
        expectClose([value], [logDeterminant(spectrum)], 1e-7);
      }),
      { numRuns: 60 },
    );
  });

  it.each([[{ lowerBound: 1 }], [{}]])("is within its standard error with %o, which is as large as the errors are", async (known) => {
    const a = withSpectrum(precision, 1);
    const exactly = logDeterminant(precision);
    const scores: number[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const { value, standardError, truncation } = await estimateLogDeterminant(operatorOf(a), { probes: 12, seed, ...known });
      expect(truncation).toBeLessThan(0.1 * standardError);
      expect(truncation).toBeGreaterThan(0);
      scores.push((value - exactly) / standardError);
    }
    // Of Student's t with 11 degrees of freedom 1.11, and of 60 of them.
    expect(rms(scores)).toBeGreaterThan(0.85);
    expect(rms(scores)).toBeLessThan(1.35);
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(6);
  });

  it("has the truth between its bounds where steps end the probes", async () => {
    const a = withSpectrum(precision, 1);
    for (const steps of [1, 2, 4, 8, 16]) {
      const { value, truncation } = await estimateLogDeterminant(operatorOf(a), { probes: 50, steps, lowerBound: 1 });
      expect(Math.abs(value - logDeterminant(precision))).toBeLessThanOrEqual(truncation);
    }
  });

  it("says without a lower bound how far off it may be, too", async () => {
    const a = operatorOf(withSpectrum(precision, 1));
    const { value } = await estimateLogDeterminant(a, { probes: 12, tolerance: 1e-12 });
    for (const tolerance of [1, 0.1, 0.01]) {
      const rough = await estimateLogDeterminant(a, { probes: 12, tolerance });
      expect(Math.abs(rough.value - value)).toBeGreaterThan(0);
      expect(Math.abs(rough.value - value)).toBeLessThan(10 * rough.truncation);
    }
  });

  it("needs no probe more than once and one step for multiples of the identity", async () => {
    const { value, standardError, truncation, products } = await estimateLogDeterminant(operatorOf(Matrix.eye(50).mul(7)), { probes: 3 });
    expectClose([value, standardError, truncation], [50 * Math.log(7), 0, 0], 1e-10);
    expect(products).toBe(3);
  });

  it.each<[string, readonly number[]]>([["zeros", [0, 0, 0]], ["a singular matrix", [3, 2, 1, 0]], ["an indefinite one", [3, 2, -1]], ["a negative number", [-2]]])("throws for %s", async (_, spectrum) => {
    const error: unknown = await estimateLogDeterminant(operatorOf(withSpectrum(spectrum, 1))).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotPositiveDefiniteError);
    expect((error as NotPositiveDefiniteError).message).toMatch(/^The matrix is not positive definite: its smallest eigenvalue is at most/);
    expect((error as NotPositiveDefiniteError).smallestEigenvalue).toBeLessThan(1e-12);
  });

  it("refuses what does not fit, by name", async () => {
    const of = (options: object) => estimateLogDeterminant(operatorOf(Matrix.eye(9)), options);
    await expect(of({ probes: 1 })).rejects.toThrow(/^probes: /);
    await expect(of({ steps: 0 })).rejects.toThrow(/^steps: /);
    await expect(of({ tolerance: 0 })).rejects.toThrow(/^tolerance: /);
    await expect(of({ lowerBound: 0 })).rejects.toThrow(/^lowerBound: /);
    await expect(of({ shift: 1 })).rejects.toThrow(/unknown option "shift"/);
  });
});

describe("quadrature", () => {
  it("has rules whose bounds tighten around the truth: Gauss's above for the logarithm, with a node at the lower end below", () => {
    fc.assert(
      fc.property(positiveSpectra, fc.nat(1e6), (spectrum, seed) => {
        const [a, n] = [withSpectrum(spectrum, seed), spectrum.length];
        const v = normals(n, seed + 1);
        const start = v.map((value) => value / Math.hypot(...v));
        const squares = withSpectrum(spectrum.map(Math.log), seed).mmul(Matrix.columnVector(start));
        const truth = Matrix.rowVector(start).mmul(squares).get(0, 0);
        const node = Math.min(...spectrum) * (1 - 1e-9);
        let last = [-Infinity, Infinity];
        withProducts(quadrature(start, n, (look) => {
          const now = [integral(look.radau(node), Math.log), integral(look.rule, Math.log)];
          const rounding = 1e-6 * (1 + Math.abs(truth));
          expect(now[0]).toBeLessThanOrEqual(truth + rounding);
          expect(now[1]).toBeGreaterThanOrEqual(truth - rounding);
          expect(now[0]).toBeGreaterThanOrEqual(last[0] - rounding);
          expect(now[1]).toBeLessThanOrEqual(last[1] + rounding);
          expectClose([look.rule.weights.reduce((sum, weight) => sum + weight, 0)], [1], 1e-12);
          last = now;
          return false;
        }), (u) => operatorOf(a).times(u) as Float64Array);
      }),
      { numRuns: 60 },
    );
  });
});
