import { describe, expect, it } from "vitest";
import { empiricalFisher, outerProduct } from "../../src/curvature/curvature.ts";
import type { Data } from "../../src/data.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace, type LaplaceOptions } from "../../src/posterior/laplace.ts";
import { mergePosteriors } from "../../src/posterior/merge.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { groups } from "../../src/prior/groups.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { lowRank } from "../../src/structure/low-rank.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";

function table(rows: number, seed: number): { inputs: number[][]; targets: number[] } {
  const x = normals(3 * rows, seed);
  return { inputs: Array.from({ length: rows }, (_, n) => [x[3 * n], x[3 * n + 1]]), targets: Array.from({ length: rows }, (_, n) => x[3 * n + 2]) };
}

const likelihood = gaussian({ noise: 0.3 });
const network = mlp([2, 3, 1], { seed: 1 });
const make = (data: Data, options: LaplaceOptions = {}): Promise<Posterior> => laplace(network, likelihood, data, options);

describe("merged posteriors", () => {
  const structures = [full({ space: "weight" }), full({ space: "function" }), full(), diagonal(), kronecker()];

  it.each(structures)("of parts of the data are that of all data, for $name()", async (structure) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }), fc.boolean(), async (sizes, fisher) => {
        const options = { structure, curvature: fisher ? empiricalFisher() : outerProduct(), prior: isotropic(0.7), temperature: 2 };
        const tables = sizes.map((size, i) => table(size, i));
        const merged = mergePosteriors(await Promise.all(tables.map((part) => make(part, options))));
        const whole = await make({ inputs: tables.flatMap(({ inputs }) => inputs), targets: tables.flatMap(({ targets }) => targets) }, options);
        expect(merged.data.examples).toBe(whole.data.examples);
        expectRelativelyClose([merged.logEvidence], [whole.logEvidence], 1e-11);
        expectClose(merged.precisionMatrix().to1DArray(), whole.precisionMatrix().to1DArray(), 1e-12);
        expectClose(merged.gradient, whole.gradient, 1e-12);
        expectClose(merged.marginalVariance, whole.marginalVariance, 1e-11);
      }),
      { numRuns: 6 },
    );
  });

  it("are those parts to be refused that do not fit", async () => {
    const data = table(4, 1);
    const first = await make(data, { prior: isotropic(1) });
    const refused = async (other: Promise<Posterior>): Promise<unknown> => {
      const posterior = await other;
      try {
        return mergePosteriors([first, posterior]);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await refused(laplace(mlp([2, 3, 1], { seed: 2 }), likelihood, data, { prior: isotropic(1) }))).toMatch(/^posteriors\[1\]: expected a model with the same weights, as the first has, got one with others/);
    expect(await refused(laplace(mlp([2, 2, 1]), likelihood, data))).toMatch(/the same weights/);
    expect(await refused(laplace(network, gaussian({ noise: 0.2 }), data))).toMatch(/expected the likelihood gaussian, noise 0\.3.*posterior\.with\(\{ likelihood \}\)/);
    expect(await refused(make(data, { prior: isotropic(2) }))).toMatch(/expected the same prior/);
    expect(await refused(make(data, { prior: isotropic(1, { mean: 0.1 }) }))).toMatch(/expected the same prior/);
    expect(await refused(make(data, { prior: perWeight(1) }))).toMatch(/expected the same prior/);
    expect(await refused(make(data, { prior: isotropic(1), temperature: 2 }))).toMatch(/expected the temperature 1/);
    expect(await refused(make(data, { curvature: empiricalFisher() }))).toMatch(/expected the curvature outer product.*got empirical Fisher/);
    expect(await refused(make(data, { structure: diagonal() }))).toMatch(/expected the structure full, as the first has, got diagonal/);
    expect(() => mergePosteriors([])).toThrow(/^posteriors: expected an array of posteriors/);
    expect(() => mergePosteriors([make(data) as unknown as Posterior])).toThrow(/Await it first/);
  });

  it("of estimated noise go together after they were given the same", async () => {
    const parts = await Promise.all([1, 2].map((seed) => laplace(network, gaussian(), table(6, seed))));
    expect(() => mergePosteriors(parts)).toThrow(/expected the likelihood/);
    const merged = mergePosteriors([parts[0], parts[1].with({ likelihood: parts[0].likelihood })]);
    expect(merged.likelihood.noise).toBe(parts[0].likelihood.noise);
    expect(merged.data.energy).toBeCloseTo(parts[0].data.energy + parts[1].data.energy, 12);
  });
});

describe("what only looks alike", () => {
  it.each([
    ["other damping", { structure: kronecker({ damping: 0 }) }, { structure: kronecker({ damping: 0.5 }) }],
    ["another rank", { structure: lowRank({ rank: 1 }) }, { structure: lowRank({ rank: 3 }) }],
    ["another space", { structure: full({ space: "weight" }) }, { structure: full({ space: "function" }) }],
  ])("is not merged: %s", async (_, one, other) => {
    const posteriors = [await make(table(4, 1), one), await make(table(4, 2), other)];
    expect(() => mergePosteriors(posteriors)).toThrow(/^posteriors\[1\]: expected curvature and structure with the same options/);
  });

  it("is not merged: a prior of the same precisions for other weights", async () => {
    const count = network.parameters.length;
    const groupsFrom = (at: number) => groups(Array.from({ length: count }, (_, i) => (i < at ? 0 : 1)), [1, 2]);
    const posteriors = [await make(table(4, 1), { prior: groupsFrom(3) }), await make(table(4, 2), { prior: groupsFrom(4) })];
    expect(() => mergePosteriors(posteriors)).toThrow(/^posteriors\[1\]: expected the same prior/);
  });
});
