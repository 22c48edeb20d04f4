import { describe, expect, it } from "vitest";
import { evidence } from "../../src/evidence/evidence.ts";
import { fit } from "../../src/fit.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { loadPosterior, savePosterior } from "../../src/posterior/save.ts";
import { predict } from "../../src/predictive/predict.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { holdingIntercept } from "../../src/prior/intercept.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { reestimatePrior, type Prior } from "../../src/prior/prior.ts";
import { random } from "../../src/random.ts";
import { expectRelativelyClose } from "../support/close.ts";

const network = mlp([2, 3, 2], { seed: 1 });
const heldGroups = (prior: Prior, model = network): (string | undefined)[] => {
  const { held, groups } = holdingIntercept(prior.bind(model), model);
  return (held ?? []).map((is, g) => (is ? groups[g] : undefined)).filter((name) => name !== undefined);
};

describe("holdingIntercept", () => {
  it("holds the biases of the outputs where they have a precision of their own, and none else", () => {
    expect(heldGroups(automaticRelevance())).toEqual(["layer2.biases"]);
    expect(heldGroups(perLayer(1, { separateBiases: true }))).toEqual(["layer2.biases"]);
    expect(heldGroups(perLayer())).toEqual([]);
    expect(heldGroups(isotropic())).toEqual([]);
    expect(heldGroups(automaticRelevance(), mlp([2, 3, 2], { biases: false }))).toEqual([]);
  });

  it("keeps their precision in re-estimation, moves the others, and stays when saved", async () => {
    const prior = holdingIntercept(automaticRelevance().bind(network), network);
    const count = prior.groups.length;
    const next = reestimatePrior(prior, new Float64Array(count).fill(1), new Float64Array(count).fill(0.1));
    expect(Array.from(next.precisions)).toEqual(prior.groups.map((name) => (name === "layer2.biases" ? 1 : 5)));
    expect(next.held).toEqual(prior.held);
    const posterior = await laplace(network, gaussian({ noise: 0.1 }), { inputs: [[0, 1], [1, 2]], targets: [[1, 2], [2, 3]] }, { prior });
    expect(loadPosterior(savePosterior(posterior)).prior.held).toEqual(prior.held);
    // A precision that does not move is not integrated over.
    const all = posterior.with({ prior: automaticRelevance() });
    const difference = evidence(all, { hyperparameters: true }).logHyperparameterOccamFactor! - evidence(posterior, { hyperparameters: true }).logHyperparameterOccamFactor!;
    expectRelativelyClose([difference], [0.5 * Math.log(2 / all.effectiveParametersByGroup[count - 1])], 1e-9);
  });
});

describe("the mean of the targets", () => {
  it("is not taken for known by fit(): error bars of a line are those of least squares", async () => {
    const source = random(5);
    const [count, noise] = [60, 3];
    const inputs = Array.from({ length: count }, () => 4 + source.normal());
    const targets = inputs.map((x) => 100 + 10 * x + noise * source.normal());
    const fitted = await fit(mlp([1, 1]), gaussian({ noise, fixed: true }), { inputs, targets });
    const mean = inputs.reduce((sum, x) => sum + x, 0) / count;
    const spread = inputs.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    const { variance } = await predict(fitted.posterior, [mean, mean + 3]);
    expectRelativelyClose(variance.to1DArray(), [noise ** 2 / count, noise ** 2 * (1 / count + 9 / spread)], 0.02);
  });
});
