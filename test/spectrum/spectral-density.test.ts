import { Matrix } from "ml-matrix";
import { describe, expect, it, vi } from "vitest";
import { spectralDensity, type SpectralDensity } from "../../src/spectrum/spectral-density.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";
import { operatorOf, spectra, withSpectrum } from "./matrices.ts";

// Statistics of many seeds, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000 });

const smoothed = (spectrum: readonly number[], { eigenvalues, bandwidth }: SpectralDensity): Float64Array =>
  eigenvalues.map((t) => spectrum.reduce((sum, value) => sum + Math.exp(-0.5 * ((t - value) / bandwidth) ** 2), 0) / (spectrum.length * bandwidth * Math.sqrt(2 * Math.PI)));

describe("spectralDensity", () => {
  it("is that of the eigenvalues with as many probes as rows, and integrates to 1", async () => {
    await fc.assert(
      fc.asyncProperty(spectra, fc.nat(1e6), async (spectrum, seed) => {
        const found = await spectralDensity(operatorOf(withSpectrum(spectrum, seed)), { probes: spectrum.length });
        const expected = smoothed(spectrum, found);
        expectClose(found.density.map((value) => value * found.bandwidth), expected.map((value) => value * found.bandwidth), 1e-6);
        const step = found.eigenvalues[1] - found.eigenvalues[0];
        expect(found.density.reduce((sum, value) => sum + value * step, 0)).toBeCloseTo(1, 3);
        expect(found.weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
        expect(found.standardErrors.every((error) => error === 0)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("is within its standard errors from few probes", async () => {
    const spectrum = Array.from(normals(100, 1));
    const found = await spectralDensity(operatorOf(withSpectrum(spectrum, 2)), { probes: 8, steps: 100, bandwidth: 0.3 });
    const expected = smoothed(spectrum, found);
    const scores = Array.from(found.density, (value, t) => (value - expected[t]) / found.standardErrors[t]).filter((_, t) => expected[t] > 0.02);
    expect(Math.sqrt(scores.reduce((sum, score) => sum + score * score, 0) / scores.length)).toBeLessThan(1.8);
    expect(Math.max(...found.standardErrors)).toBeLessThan(0.07);
    expect(found.products).toBe(8 * 100);
  });

  it("is sharp at both ends after few steps, and right in moments", async () => {
    const spectrum = [-9, 40, ...Array.from(normals(150, 3))];
    const { ritzValues, weights, eigenvalues, bandwidth } = await spectralDensity(operatorOf(withSpectrum(spectrum, 2)), { probes: 20, steps: 25 });
    expect(ritzValues[0]).toBeCloseTo(-9, 6);
    expect(ritzValues.at(-1)).toBeCloseTo(40, 6);
    expect(bandwidth).toBeCloseTo(0.49, 6);
    expect(eigenvalues[0]).toBeCloseTo(-9 - 6 * bandwidth, 6);
    expect(eigenvalues.at(-1)).toBeCloseTo(40 + 6 * bandwidth, 6);
    // The first moment of Gauss's rules is that of the probes.
    expect(weights.reduce((sum, weight, i) => sum + weight * ritzValues[i], 0)).toBeCloseTo(spectrum.reduce((sum, value) => sum + value, 0) / 152, 0);
  });

  it("has the points and the bandwidth that are asked for, and finite numbers for zeros", async () => {
    const found = await spectralDensity(operatorOf(Matrix.eye(5)), { points: 7, bandwidth: 2 });
    expect([found.eigenvalues.length, found.bandwidth]).toEqual([7, 2]);
    expectClose(found.eigenvalues, [-11, -7, -3, 1, 5, 9, 13], 1e-12);
    const flat = await spectralDensity(operatorOf(Matrix.zeros(3, 3)));
    expect(flat.density.every(Number.isFinite)).toBe(true);
  });

  it("refuses what does not fit, by name", async () => {
    const of = (options: object) => spectralDensity(operatorOf(Matrix.eye(9)), options);
    await expect(of({ bandwidth: 0 })).rejects.toThrow(/^bandwidth: /);
    await expect(of({ points: 1 })).rejects.toThrow(/^points: /);
    await expect(of({ probes: 0 })).rejects.toThrow(/^probes: /);
    await expect(of({ sigma: 1 })).rejects.toThrow(/unknown option "sigma"/);
  });
});
