import { beforeAll, describe, expect, it } from "vitest";
import { UnsupportedError } from "../src/errors.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { train } from "../src/training/train.ts";
import { checkAsPrior, checkBatches, checkCurvature, checkPosterior, checkPrecision, conformance, conformancePrior, type Conformance } from "./conformance.ts";
import { LIKELIHOODS, MODELS, STRUCTURES } from "./conformance-rows.ts";
import { dataOf, type Twin } from "./support/dense-twin.ts";
import { makeTwin, twinFunction } from "./support/twin-models.ts";

const ROWS = 5;

const modes = new Map<string, Promise<Twin>>();

/** The twin at its mode, the same one for all structures. */
function atMode(name: string, twin: Twin): Promise<Twin> {
  const mode = modes.get(name) ?? trained(twin);
  modes.set(name, mode);
  return mode;
}

async function trained(twin: Twin): Promise<Twin> {
  const { model } = await train(twin.model, twin.textbook.likelihood, dataOf(twin), { prior: conformancePrior(twin.model.parameters.length) });
  return { ...twin, model };
}

describe.each(STRUCTURES)("$name", (row) => {
  describe.each(row.kinds)("of $name", (kind) => {
    describe.each(MODELS)("for $name", (model) => {
      const gap = row.gaps.find((one) => one.kind === kind.name && one.model === model.name);
      describe.each(LIKELIHOODS)("with $name", (textbook) => {
        const random = makeTwin(model, textbook, ROWS, 3);
        if (gap !== undefined) {
          it("says that it cannot", async () => {
            const fit = laplace(random.model, textbook.likelihood, dataOf(random), { curvature: kind.kind, structure: row.structure });
            await expect(fit).rejects.toThrow(UnsupportedError);
            await expect(fit).rejects.toThrow(gap.message);
          });
          return;
        }
        let made: Conformance;
        beforeAll(async () => {
          const twin = kind.atMode ? await atMode(`${model.name}, ${textbook.name}`, random) : random;
          // Second differences inside the function model are what limits the last.
          made = await conformance(twin, row, kind, kind.atMode && model === twinFunction ? 1e-6 : 1e-8);
        });
        it("has the dense curvature", () => checkCurvature(made));
        it("has the dense precision", () => checkPrecision(made));
        it("has the evidence and the moments of the dense posterior", () => checkPosterior(made));
        it("takes data in batches", () => checkBatches(made));
        it("is the prior for more data", () => checkAsPrior(made));
      });
    });
  });
});
