import { describe, expect, it, vi } from "vitest";
import { empiricalFisher, exact, outerProduct } from "../../src/curvature/curvature.ts";
import { NotPositiveDefiniteError } from "../../src/errors.ts";
import { evidence } from "../../src/evidence/evidence.ts";
import { stochasticEvidence } from "../../src/evidence/stochastic-evidence.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { posteriorAsPrior } from "../../src/posterior/posterior-as-prior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { full } from "../../src/structure/full.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";
import { noisySine } from "../support/regression.ts";

// Statistics of many seeds, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000 });

const classes = { inputs: Array.from({ length: 40 }, (_, n) => Array.from(normals(3, n))), targets: Array.from({ length: 40 }, (_, n) => n % 3) };
const structure = full({ space: "weight" });

describe("stochasticEvidence", () => {
  it.each<[string, Likelihood, typeof classes | ReturnType<typeof noisySine>, number[]]>([
    ["a regression", gaussian({ noise: 0.2 }), noisySine(30), [1, 25, 1]],
    ["noise that is left open", gaussian(), noisySine(30), [1, 25, 1]],
    ["classes", categorical(), classes, [3, 12, 3]],
  ])("has every term of the exact evidence for %s, and the log determinant within its standard error", async (_, likelihood, data, sizes) => {
    for (const curvature of [outerProduct(), empiricalFisher()]) {
      const [model, prior] = [mlp(sizes, { seed: 1 }), perLayer([0.5, 20])];
      const expected = evidence(await laplace(model, likelihood, data, { prior, curvature, structure, temperature: 0.7 }));
      const found = await stochasticEvidence(model, likelihood, data, { prior, curvature, temperature: 0.7, probes: 20 });
      expectClose([found.logLikelihood, found.logPriorExponent], [expected.logLikelihood, expected.logPriorExponent], 1e-10);
      expect(found.standardError).toBeGreaterThan(0);
      expect(Math.abs(found.logVolumeRatio - expected.logVolumeRatio)).toBeLessThan(4 * found.standardError + found.truncation);
      expect(found.truncation).toBeLessThan(0.1 * found.standardError);
      expectClose([found.logEvidence, found.logOccamFactor], [found.logLikelihood + found.logPriorExponent + found.logVolumeRatio, found.logPriorExponent + found.logVolumeRatio], 1e-12);
    }
  });

  it("is exact with as many probes as weights, whatever prior and curvature", async () => {
    const [likelihood, data] = [gaussian({ noise: 0.3 }), noisySine(20)];
    const { model, prior } = await train(mlp([1, 4, 1], { seed: 1 }), likelihood, data);
    for (const curvature of [outerProduct(), exact()]) {
      const expected = await laplace(model, likelihood, data, { prior, curvature, structure });
      const found = await stochasticEvidence(model, likelihood, data, { prior, curvature, probes: 13, tolerance: 1e-10 });
      expectClose([found.logEvidence], [expected.logEvidence], 1e-8);
      expect(found.standardError).toBe(0);
    }
    const later = noisySine(25);
    const before = posteriorAsPrior(await laplace(model, likelihood, data, { prior }));
    const expected = await laplace(model, likelihood, later, { prior: before });
    expectClose([(await stochasticEvidence(model, likelihood, later, { prior: before, probes: 13, tolerance: 1e-10 })).logEvidence], [expected.logEvidence], 1e-8);
  });

  it("has a standard error as large as its errors over many seeds", async () => {
    const [model, likelihood, data, prior] = [mlp([1, 20, 1], { seed: 1 }), gaussian({ noise: 0.2 }), noisySine(30), isotropic(2)];
    const expected = await laplace(model, likelihood, data, { prior, structure });
    const scores: number[] = [];
    for (let seed = 0; seed < 120; seed++) {
      const { logEvidence, standardError } = await stochasticEvidence(model, likelihood, data, { prior, probes: 12, seed });
      scores.push((logEvidence - expected.logEvidence) / standardError);
    }
    // Of Student's t with 11 degrees of freedom 1.11, and of 120 of them.
    const rms = Math.sqrt(scores.reduce((sum, score) => sum + score * score, 0) / scores.length);
    expect(rms).toBeGreaterThan(0.85);
    expect(rms).toBeLessThan(1.4);
    expect(Math.abs(scores.reduce((sum, score) => sum + score, 0) / scores.length)).toBeLessThan(0.4);
  });

  it("says that exact curvature is indefinite away from a mode", async () => {
    const error: unknown = await stochasticEvidence(mlp([1, 6, 1], { seed: 1 }), gaussian({ noise: 0.01 }), noisySine(30), { curvature: exact() }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotPositiveDefiniteError);
    expect((error as Error).message).toMatch(/is at most .*not at a mode/);
  });

  it("stops when it is told to, and refuses what does not fit", async () => {
    const of = (options: object) => stochasticEvidence(mlp([1, 6, 1], { seed: 1 }), gaussian({ noise: 0.1 }), noisySine(30), options);
    await expect(of({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    await expect(of({ lowerBound: 1 })).rejects.toThrow(/unknown option "lowerBound"/);
    await expect(of({ probes: 1 })).rejects.toThrow(/^probes: /);
    const stages = new Set<string>();
    await of({ onProgress: ({ stage }: { stage: string }) => stages.add(stage) });
    expect([...stages]).toEqual(["curvature", "log determinant"]);
  });
});
