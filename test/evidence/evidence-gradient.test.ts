import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { evidenceGradient } from "../../src/evidence/evidence-gradient.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { isLayered } from "../../src/model/model.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { withPrecisions, type Prior } from "../../src/prior/prior.ts";
import { STRUCTURES } from "../conformance-rows.ts";
import { expectClose } from "../support/close.ts";
import { dataOf, type Twin } from "../support/dense-twin.ts";
import { differences } from "../support/sixth-order-differences.ts";
import { textbookCategorical, textbookGaussian } from "../support/textbook-likelihoods.ts";
import { makeTwin, twinFunction, twinNetwork } from "../support/twin-models.ts";

/** Differences of the log evidence in the logarithms of the prior precisions and of the noise precision. */
function byDifferences(posterior: Posterior): Float64Array {
  const { prior, likelihood } = posterior;
  const noisy = likelihood.noiseParameters > 0;
  const at = (logs: Float64Array): number[] => {
    const alpha = logs.subarray(0, prior.precisions.length).map(Math.exp);
    const changed = noisy ? { likelihood: likelihood.reestimate(0.5 * Math.exp(-logs[alpha.length]), 1, 0) } : {};
    return [posterior.with({ prior: withPrecisions(prior, alpha), ...changed }).logEvidence];
  };
  return differences(at, [...prior.precisions, ...(noisy ? [likelihood.precision] : [])].map(Math.log), 0.01);
}

/** Strong enough for the exact Hessian away from a mode. */
const STRONG = 400;

function priorsFor({ model }: Twin, everyPrior: boolean): readonly Prior[] {
  const options = { mean: 0.1 };
  return [
    isotropic(STRONG, options),
    ...(isLayered(model) ? [perLayer(STRONG, options), perLayer(2 * STRONG, { ...options, separateBiases: true }), automaticRelevance(STRONG, options)] : []),
    ...(everyPrior ? [perWeight(model.parameters.map((_, i) => STRONG * (1 + (i % 3))), options)] : []),
  ];
}

const MODELS = [twinNetwork("a network", 2, [[2, "tanh"]]), twinFunction];

describe.each(STRUCTURES)("the gradient of the evidence of $name", (row) => {
  describe.each(row.kinds)("of $name", (kind) => {
    it.each(MODELS)("is that of differences, in every prior and the noise, $name", async (model) => {
      if (row.gaps.some((gap) => gap.kind === kind.name && gap.model === model.name)) return;
      for (const textbook of [textbookGaussian(2), textbookCategorical(3)]) {
        const twin = makeTwin(model, textbook, 4, 5);
        for (const prior of priorsFor(twin, row.precisions === undefined)) {
          const posterior = await laplace(twin.model, textbook.likelihood, dataOf(twin), { curvature: kind.kind, structure: row.structure, prior, temperature: 0.8 });
          const { logPriorPrecisions, logNoisePrecision } = evidenceGradient(posterior);
          const expected = byDifferences(posterior);
          expectClose([...logPriorPrecisions, logNoisePrecision].slice(0, expected.length), expected, 1e-8);
        }
      }
    });
  });
});

describe("the gradient of the evidence", () => {
  it("has no slope in a noise that is known, or is not there", async () => {
    const data = { inputs: [-1, 0, 1], targets: [0, 1, 1] };
    for (const likelihood of [bernoulli(), gaussian({ noise: 0.3, fixed: true })]) {
      const posterior = await laplace(mlp([1, 1], { seed: 1 }), likelihood, data);
      expect(evidenceGradient(posterior).logNoisePrecision).toBe(0);
    }
  });

  it("wants a posterior", () => {
    expect(() => evidenceGradient(Promise.resolve() as unknown as Posterior)).toThrow(InvalidArgumentError);
  });
});
