import { describe, expect, it } from "vitest";
import { empiricalFisher, outerProduct } from "../../src/curvature/curvature.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { addDataTerms, dataTerm } from "../../src/posterior/data-term.ts";
import { full } from "../../src/structure/full.ts";
import { expectClose } from "../support/close.ts";
import { plane } from "../support/regression.ts";

const { model, data } = plane(7);

describe("what is kept of the data", () => {
  it.each([outerProduct(), empiricalFisher()])("is free of the noise, $name", async (kind) => {
    const [quiet, loud] = await Promise.all([0.1, 2].map((noise) => dataTerm({ model, likelihood: gaussian({ noise }), curvature: kind, structure: full() }, data, {})));
    expect(quiet.examples).toBe(7);
    expectClose([quiet.energy, ...quiet.gradient], [loud.energy, ...loud.gradient], 1e-13);
    expectClose(quiet.curvature.dense(), loud.curvature.dense(), 1e-13);
  });

  it("adds up", async () => {
    const term = await dataTerm({ model, likelihood: gaussian({ noise: 1 }), curvature: outerProduct(), structure: full() }, data, {});
    const twice = addDataTerms(term, term);
    expect([twice.examples, twice.energy]).toEqual([14, 2 * term.energy]);
    expectClose(twice.gradient, term.gradient.map((g) => 2 * g), 0);
    expectClose(twice.curvature.dense(), term.curvature.times(2).dense(), 0);
  });
});
