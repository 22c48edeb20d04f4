import { describe, expect, it } from "vitest";
import { empiricalFisher, exact, outerProduct, type ExactOptions } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { expectClose } from "../support/close.ts";
import { dataOf } from "../support/dense-twin.ts";
import { textbookBernoulli, textbookCategorical, textbookGaussian } from "../support/textbook-likelihoods.ts";
import { makeTwin, twinNetwork } from "../support/twin-models.ts";

describe("kinds of curvature", () => {
  it.each([textbookGaussian(1), textbookGaussian(3), textbookBernoulli(), textbookCategorical(3)])("exact and outer product are one for a linear model, $name", async (textbook) => {
    const twin = makeTwin(twinNetwork("linear", 3, []), textbook, 6, 1);
    const [outer, hessian] = await Promise.all([outerProduct(), exact()].map((curvature) => laplace(twin.model, textbook.likelihood, dataOf(twin), { curvature })));
    expectClose(hessian.data.curvature.dense(), outer.data.curvature.dense(), 1e-13);
    expectClose([hessian.logEvidence], [outer.logEvidence], 1e-13);
  });

  it("exact and outer product differ for a network that does not fit", async () => {
    const twin = makeTwin(twinNetwork("network", 2, [[3, "tanh"]]), textbookGaussian(1), 6, 1);
    const [outer, hessian] = await Promise.all([outerProduct(), exact()].map((curvature) => laplace(twin.model, twin.textbook.likelihood, dataOf(twin), { curvature, structure: diagonal(), prior: isotropic(1000) })));
    expect(Math.abs(outer.data.curvature.dense()[0] - hessian.data.curvature.dense()[0])).toBeGreaterThan(1e-3);
  });

  it("the approximate diagonal is the exact one behind one hidden layer, for a single output", async () => {
    for (const textbook of [textbookGaussian(1), textbookBernoulli()]) {
      const twin = makeTwin(twinNetwork("network", 2, [[3, "tanh"]]), textbook, 6, 2);
      const [a, b] = await Promise.all((["exact", "approximate"] as const).map((which) => laplace(twin.model, textbook.likelihood, dataOf(twin), { curvature: exact({ diagonal: which }), structure: diagonal(), prior: isotropic(1000) })));
      expectClose(a.data.curvature.dense(), b.data.curvature.dense(), 1e-12);
    }
    const deep = makeTwin(twinNetwork("network", 2, [[3, "tanh"], [2, "tanh"]]), textbookGaussian(1), 6, 2);
    const [a, b] = await Promise.all((["exact", "approximate"] as const).map((which) => laplace(deep.model, deep.textbook.likelihood, dataOf(deep), { curvature: exact({ diagonal: which }), structure: diagonal(), prior: isotropic(1000) })));
    expect(Math.abs(a.data.curvature.dense()[0] - b.data.curvature.dense()[0])).toBeGreaterThan(1e-6);
  });

  it("grow with the noise precision as they say", async () => {
    const twin = makeTwin(twinNetwork("network", 2, [[3, "tanh"]]), textbookGaussian(1, 0.5), 6, 3);
    const louder = textbookGaussian(1, 1.5).likelihood;
    for (const [curvature, power] of [[outerProduct(), 1], [empiricalFisher(), 2]] as const) {
      const posterior = await laplace(twin.model, twin.textbook.likelihood, dataOf(twin), { curvature });
      const changed = posterior.with({ likelihood: louder });
      const direct = await laplace(twin.model, louder, dataOf(twin), { curvature });
      expect(curvature.noisePower).toBe(power);
      expectClose(changed.precision.inverse(), direct.precision.inverse(), 1e-11);
      expectClose([changed.logEvidence, changed.gradientNorm], [direct.logEvidence, direct.gradientNorm], 1e-11);
    }
  });

  it("have names for reports", () => {
    expect([exact(), outerProduct(), empiricalFisher()].map(({ name }) => name)).toEqual(["exact Hessian", "outer product", "empirical Fisher"]);
    expect(exact().diagonal).toBe("exact");
  });

  it("refuse unknown options", () => {
    expect(() => exact({ diagonale: "exact" } as ExactOptions)).toThrow(/^options\.diagonale: expected one of the options diagonal, got the unknown option "diagonale"/);
    expect(() => exact({ diagonal: "Ricotti" } as unknown as ExactOptions)).toThrow(/^diagonal: expected one of "exact", "approximate", got "Ricotti"/);
    expect(() => exact({ diagonal: "Ricotti" } as unknown as ExactOptions)).toThrow(InvalidArgumentError);
  });
});
