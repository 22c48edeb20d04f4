import fc from "./support/fast-check.ts";
import { describe, it } from "vitest";
import { checkAsPrior, checkBatches, checkCurvature, checkPosterior, checkPrecision, conformance, type KindRow, type StructureRow } from "./conformance.ts";
import { FACTOR_KINDS, STRUCTURES } from "./conformance-rows.ts";
import type { Twin } from "./support/dense-twin.ts";
import { ACTIVATION_NAMES } from "./support/networks.ts";
import { textbookBernoulli, textbookCategorical, textbookGaussian } from "./support/textbook-likelihoods.ts";
import { makeTwin, twinNetwork } from "./support/twin-models.ts";

async function check(twin: Twin, row: StructureRow, kind: KindRow): Promise<void> {
  const made = await conformance(twin, row, kind, 1e-7);
  checkCurvature(made);
  checkPrecision(made);
  checkPosterior(made);
  await checkBatches(made);
  await checkAsPrior(made);
}

/** The same network with all weights multiplied. */
function scaled(twin: Twin, factor: number): Twin {
  return { ...twin, model: twin.model.withParameters(twin.model.parameters.map((w) => factor * w)) };
}

function constantInputs(twin: Twin): Twin {
  return { ...twin, inputs: twin.inputs.map(([x]) => [x, 0]) };
}

const shapes: Record<string, Twin> = {
  "one example": makeTwin(twinNetwork("", 2, [[3, "tanh"]]), textbookGaussian(1), 1, 5),
  "one weight": makeTwin(twinNetwork("", 1, [], false), textbookGaussian(1), 4, 6),
  "one weight and one example": makeTwin(twinNetwork("", 1, [], false), textbookBernoulli(), 1, 7),
  "fewer examples than weights": makeTwin(twinNetwork("", 3, [[5, "silu"]]), textbookCategorical(3), 2, 8),
  "a column of zeros": constantInputs(makeTwin(twinNetwork("", 2, [[2, "tanh"]]), textbookGaussian(2), 5, 9)),
  "saturated units": scaled(makeTwin(twinNetwork("", 1, [[3, "tanh"]]), textbookGaussian(1), 4, 10), 12),
  "inputs of zero": { ...makeTwin(twinNetwork("", 1, [[3, "relu"]]), textbookBernoulli(), 4, 11), inputs: [[0], [0], [0], [0]] },
  "more outputs than hidden units": makeTwin(twinNetwork("", 2, [[1, "tanh"]]), textbookCategorical(4), 3, 12),
};

const networks: fc.Arbitrary<Twin> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 3 }),
    hidden: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(...ACTIVATION_NAMES.filter((name) => name !== "relu"))), { maxLength: 2 }),
    biases: fc.boolean(),
    textbook: fc.constantFrom(textbookGaussian(1), textbookGaussian(3, 0.2), textbookBernoulli(), textbookCategorical(2), textbookCategorical(4)),
    rows: fc.integer({ min: 1, max: 5 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ inputs, hidden, biases, textbook, rows, seed }) => makeTwin(twinNetwork("", inputs, hidden, biases), textbook, rows, seed));

describe.each(STRUCTURES)("$name", (row) => {
  describe.each(FACTOR_KINDS)("of $name", (kind) => {
    it.each(Object.entries(shapes))("agrees with dense matrices for %s", (_, twin) => check(twin, row, kind));

    it("agrees with dense matrices for any network, likelihood and number of examples", async () => {
      await fc.assert(fc.asyncProperty(networks, (twin) => check(twin, row, kind)), { numRuns: 25 });
    });
  });
});
