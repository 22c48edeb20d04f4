import fc from "./support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../src/errors.ts";
import { permutation, random, randomStream, type Random } from "../src/random.ts";

const draw = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next);
const uniforms = (count: number, source: Random): number[] => draw(count, () => source.uniform());
const gaussians = (count: number, source: Random): number[] => draw(count, () => source.normal());

describe("random", () => {
  it("never changes its stream for a seed: results that people have published depend on it", () => {
    expect(uniforms(4, random(1))).toEqual([0.5374428291184112, 0.0824300509240643, 0.652478863472476, 0.08278222564896376]);
    expect(gaussians(4, random(1))).toEqual([0.0749676842073167, -0.8360546682461358, 0.2361429916904747, -0.6461423647709673]);
    const negative = random(-3);
    expect(draw(8, () => negative.integer(1000))).toEqual([671, 700, 356, 3, 373, 846, 76, 64]);
    expect(Array.from(permutation(6, random(1)))).toEqual([1, 5, 4, 2, 0, 3]);
  });

  it("gives the same stream for the same seed and another for another, however large or small", () => {
    const seeds = [0, 1, -1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    const streams = seeds.map((seed) => uniforms(3, random(seed)).join());
    expect(new Set(streams).size).toBe(seeds.length);
    expect(seeds.map((seed) => uniforms(3, random(seed)).join())).toEqual(streams);
  });

  it("has streams of the same seed that do not go together", () => {
    expect(gaussians(3, randomStream(7, 0))).toEqual(gaussians(3, random(7)));
    const count = 10_000;
    const streams = [gaussians(count, random(7)), gaussians(count, randomStream(7, 1)), gaussians(count, randomStream(7, 2)), gaussians(count, randomStream(8, 1))];
    for (const [i, a] of streams.entries()) {
      for (const b of streams.slice(i + 1)) expect(Math.abs(a.reduce((sum, z, n) => sum + z * b[n], 0))).toBeLessThan(4 * Math.sqrt(count));
    }
    expect(() => randomStream(0.5, 1)).toThrow(/^seed: expected a whole number, got 0.5/);
  });

  it.each([0.5, Number.NaN, Infinity, 2 ** 53, "1", null, undefined])("refuses the seed %o", (seed) => {
    expect(() => random(seed as number)).toThrow(InvalidArgumentError);
    expect(() => random(seed as number)).toThrow(/^seed: expected a whole number, got /);
  });

  it("is uniform on [0, 1): chi-squared over 100 bins", () => {
    const [count, bins] = [100_000, 100];
    const counts = new Float64Array(bins);
    const drawn = uniforms(count, random(3));
    expect(drawn.every((u) => u >= 0 && u < 1)).toBe(true);
    for (const u of drawn) counts[Math.floor(u * bins)]++;
    const chi2 = counts.reduce((sum, n) => sum + (n - count / bins) ** 2 / (count / bins), 0);
    // 99 degrees of freedom: the central 99.9 % lie between 60 and 150.
    expect(chi2).toBeGreaterThan(60);
    expect(chi2).toBeLessThan(150);
  });

  it("uses 53 bits: the lowest ones vary", () => {
    const low = uniforms(1000, random(4)).filter((u) => (u * 2 ** 53) % 2 === 1).length;
    expect(Math.abs(low - 500)).toBeLessThan(80);
  });

  it("has normals with the moments of a normal, and the right tails", () => {
    const count = 100_000;
    const z = gaussians(count, random(5));
    const moment = (p: number): number => z.reduce((sum, value) => sum + value ** p, 0) / count;
    // Five standard errors: sqrt((E z^2p - (E z^p)^2) / count).
    const within = (p: number, expected: number, variance: number): void => expect(Math.abs(moment(p) - expected)).toBeLessThan(5 * Math.sqrt(variance / count));
    within(1, 0, 1);
    within(2, 1, 2);
    within(3, 0, 15);
    within(4, 3, 96);
    const beyond = z.filter((value) => Math.abs(value) > 1.959964).length / count;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / count));
  });

  it("has normals without memory, also within the pairs that the polar method makes", () => {
    const z = gaussians(100_000, random(6));
    for (const lag of [1, 2]) {
      const correlation = z.slice(lag).reduce((sum, value, i) => sum + value * z[i], 0) / z.length;
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(z.length));
    }
  });

  it("has whole numbers uniform on 0 .. bound - 1", () => {
    const source = random(7);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (const i of draw(70_000, () => source.integer(7))) counts[i]++;
    for (const n of counts) expect(Math.abs(n - 10_000)).toBeLessThan(5 * Math.sqrt(10_000));
    expect(random(1).integer(1)).toBe(0);
  });
});

describe("permutation", () => {
  it("holds every number once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(), (count, seed) => {
        const order = permutation(count, random(seed));
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(draw(count, () => 0).map((_, i) => i));
      }),
    );
  });

  it("is uniform over all orders", () => {
    const source = random(8);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = permutation(4, source).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const n of counts.values()) expect(Math.abs(n - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });
});
