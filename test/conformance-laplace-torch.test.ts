import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { exact } from "../src/curvature/curvature.ts";
import { maximizeEvidence } from "../src/evidence/maximize-evidence.ts";
import { bernoulli } from "../src/likelihood/bernoulli.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { monteCarlo, probit } from "../src/likelihood/link.ts";
import { mlp } from "../src/model/mlp.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { jointCovariance } from "../src/predictive/joint-covariance.ts";
import { predict } from "../src/predictive/predict.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { perLayer } from "../src/prior/per-layer.ts";
import { diagonal } from "../src/structure/diagonal.ts";
import { full } from "../src/structure/full.ts";
import irisFile from "./fixtures/laplace-torch-iris.json" with { type: "json" };
import regressionFile from "./fixtures/laplace-torch-regression.json" with { type: "json" };
import { expectClose } from "./support/close.ts";

/** Both sides compute these exactly; the file's matrices are rounded to 13 digits. */
const EXACT = 1e-10;

const regression = {
  ...regressionFile,
  model: mlp(regressionFile.sizes, { parameters: regressionFile.theta }),
  likelihood: gaussian({ noise: regressionFile.sigma_noise }),
  data: { inputs: regressionFile.X, targets: regressionFile.Y },
};
const iris = {
  ...irisFile,
  model: mlp(irisFile.sizes, { parameters: irisFile.theta }),
  likelihood: categorical(),
  data: { inputs: irisFile.X, targets: irisFile.Y },
};
const problems = [
  { name: "regression", ...regression },
  { name: "iris", ...iris },
];
const structures = [
  { name: "full", structure: full() },
  { name: "diagonal", structure: diagonal() },
] as const;

describe.each(problems)("laplace-torch, $name", ({ model, likelihood, data, prior_precision, results, exact: reference, layer_prior_precision, X_test }) => {
  it.each(structures)("$name outer product: terms of the evidence", async ({ name, structure }) => {
    const expected = name === "full" ? results.all_full : results.all_diag;
    const posterior = await laplace<typeof model, typeof likelihood>(model, likelihood, data, { prior: isotropic(prior_precision), structure });
    expectClose(
      [posterior.logLikelihood, posterior.scatter, posterior.precision.logDeterminant, posterior.logDeterminantRatio, posterior.logEvidence],
      [expected.log_likelihood, expected.scatter, expected.log_det_posterior_precision, expected.log_det_ratio, expected.log_marginal_likelihood],
      EXACT,
    );
    // It keeps the curvature without the noise, and so do we.
    const kept = name === "full" ? results.all_full.H_unscaled.flat() : results.all_diag.H_unscaled_diag;
    const { curvature } = posterior.data;
    expectClose(name === "full" ? curvature.dense() : curvature.parts[0], kept, EXACT);
  });

  it.each(structures)("$name outer product: covariance of the outputs", async ({ name, structure }) => {
    const expected = name === "full" ? results.all_full : results.all_diag;
    const posterior = await laplace<typeof model, typeof likelihood>(model, likelihood, data, { prior: isotropic(prior_precision), structure });
    const joint = jointCovariance(posterior, X_test);
    const k = model.outputs;
    const blocks = X_test.map((_, n) => joint.subMatrix(n * k, n * k + k - 1, n * k, n * k + k - 1));
    expectClose(blocks.flatMap((block) => block.to1DArray()), expected.glm_f_cov.flat(2), EXACT);
    if ("glm_joint_cov" in expected) expectClose(joint.to1DArray(), expected.glm_joint_cov.flat(), EXACT);
  });

  it.each(structures)("$name outer product: a prior precision for each tensor", async ({ name, structure }) => {
    const expected = name === "full" ? results.layerprior_all_full : results.layerprior_all_diag;
    // The weights are those of the isotropic prior: it does not train again, and neither does this.
    const posterior = await laplace<typeof model, typeof likelihood>(model, likelihood, data, { prior: perLayer(layer_prior_precision, { separateBiases: true }), structure });
    const joint = jointCovariance(posterior, X_test);
    const k = model.outputs;
    const blocks = X_test.flatMap((_, n) => joint.subMatrix(n * k, n * k + k - 1, n * k, n * k + k - 1).to1DArray());
    expectClose([posterior.logEvidence, posterior.precision.logDeterminant, posterior.scatter], [expected.log_marginal_likelihood, expected.log_det_posterior_precision, expected.scatter], EXACT);
    expectClose(blocks, expected.glm_f_cov.flat(2), EXACT);
  });

  it("exact Hessian: log determinant and evidence", async () => {
    const posterior = await laplace<typeof model, typeof likelihood>(model, likelihood, data, { prior: isotropic(prior_precision), curvature: exact() });
    expectClose([posterior.precision.logDeterminant, posterior.logEvidence], [reference.log_det_posterior_precision, reference.log_marginal_likelihood], EXACT);
    expectClose(posterior.data.gradient, reference.grad, EXACT);
    expectClose(posterior.data.curvature.dense(), reference.hessian.flat(), EXACT);
  });

  it.each(structures)("$name outer product: the prior precision of the greatest evidence", async ({ name, structure }) => {
    const expected = (name === "full" ? results.all_full : results.all_diag).optimize_prior;
    const posterior = await laplace<typeof model, typeof likelihood>(model, likelihood, data, { prior: isotropic(prior_precision), structure });
    const tuned = maximizeEvidence(posterior, { estimate: "prior", tolerance: 1e-12 });
    // Its optimiser stops when the evidence no longer changes, which leaves half of the digits of where the maximum is.
    expect(tuned.prior.precisions[0] / expected.exact_prior_precision).toBeCloseTo(1, 6);
    expectClose([tuned.logEvidence], [expected.exact_log_marglik], EXACT);
    expect(tuned.logEvidence).toBeGreaterThan(posterior.logEvidence);
    const there = posterior.with({ prior: isotropic(expected.exact_prior_precision) });
    expectClose([there.logEvidence], [expected.exact_log_marglik], EXACT);
  });
});

describe("laplace-torch, regression alone", () => {
  it.each(structures)("$name outer product: prior and noise of the greatest evidence", async ({ name, structure }) => {
    const { joint_opt: expected } = (name === "full" ? regression.results.all_full : regression.results.all_diag).optimize_prior;
    const posterior = await laplace(regression.model, regression.likelihood, regression.data, { structure });
    const tuned = maximizeEvidence(posterior, { tolerance: 1e-12 });
    expect(tuned.prior.precisions[0] / expected.prior_precision).toBeCloseTo(1, 5);
    expect(tuned.likelihood.noise / expected.sigma_noise).toBeCloseTo(1, 5);
    expectClose([tuned.logEvidence], [expected.log_marglik], 1e-9);
    expect(tuned.logEvidence).toBeGreaterThanOrEqual(expected.log_marglik - 1e-9);
  });

  it("predicts the mean, the variance without noise, and the noise apart", async () => {
    const posterior = await laplace(regression.model, regression.likelihood, regression.data, { prior: isotropic(regression.prior_precision) });
    const { mean, variance, noiseVariance, totalVariance } = await predict(posterior, regression.X_test);
    const epistemic = regression.results.all_full.glm_f_cov.flat(2);
    expectClose(mean.to1DArray(), regression.f_test.flat(), EXACT);
    expectClose(variance.to1DArray(), epistemic, EXACT);
    expectClose(noiseVariance.to1DArray(), epistemic.map(() => regression.sigma_noise ** 2), EXACT);
    expectClose(totalVariance.to1DArray(), epistemic.map((value) => value + regression.sigma_noise ** 2), EXACT);
  });
});

describe("laplace-torch, iris alone", () => {
  it.each(structures)("$name outer product: class probabilities", async ({ name, structure }) => {
    const expected = name === "full" ? iris.results.all_full : iris.results.all_diag;
    const posterior = await laplace(iris.model, iris.likelihood, iris.data, { prior: isotropic(iris.prior_precision), structure });
    const approximate = await predict(posterior, iris.X_test, { link: probit() });
    expectClose(approximate.probabilities.to1DArray(), expected.prob_probit.flat(), EXACT);
    expectClose(approximate.logits.to1DArray(), iris.f_test.flat(), EXACT);

    const samples = 20000;
    const sampled = await predict(posterior, iris.X_test, { link: monteCarlo({ samples, seed: 1 }) });
    const exactly = new Matrix(expected.prob_exact_gauss_hermite40);
    for (let n = 0; n < exactly.rows; n++) {
      for (let k = 0; k < exactly.columns; k++) {
        const p = exactly.get(n, k);
        // The variance of a number between 0 and 1 with mean p is at most p (1 - p); quadrature has an error of its own.
        expect(Math.abs(sampled.probabilities.get(n, k) - p)).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / samples) + 1e-5);
      }
    }
  });

  it("has no single-logit likelihood to compare with: two classes by bernoulli() need one output", async () => {
    await expect(laplace(iris.model, bernoulli(), iris.data)).rejects.toThrow(/^targets: expected .* labels.*Use categorical\(\)/);
  });
});
