import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { maximizeEvidence } from "../src/evidence/maximize-evidence.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { probit } from "../src/likelihood/link.ts";
import { lastLayer } from "../src/model/last-layer.ts";
import { mlp } from "../src/model/mlp.ts";
import type { Model } from "../src/model/model.ts";
import { laplace } from "../src/posterior/laplace.ts";
import type { Posterior } from "../src/posterior/posterior.ts";
import { jointCovariance } from "../src/predictive/joint-covariance.ts";
import { predict } from "../src/predictive/predict.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { perLayer } from "../src/prior/per-layer.ts";
import { kronecker } from "../src/structure/kronecker.ts";
import irisFile from "./fixtures/laplace-torch-iris.json" with { type: "json" };
import regressionFile from "./fixtures/laplace-torch-regression.json" with { type: "json" };
import { expectClose } from "./support/close.ts";

/** Both sides compute these exactly; the file's matrices are rounded to 13 digits. */
const EXACT = 1e-10;

const problems = [
  { name: "regression", ...regressionFile, likelihood: gaussian({ noise: regressionFile.sigma_noise }) },
  { name: "iris", ...irisFile, likelihood: categorical() },
];
const structure = kronecker();

function termsOf(posterior: Posterior): number[] {
  return [posterior.logLikelihood, posterior.scatter, posterior.precision.logDeterminant, posterior.logDeterminantRatio, posterior.logEvidence];
}

/** The covariance of the outputs for each input, cut out of the joint one. */
function blocksOf(posterior: Posterior, inputs: number[][]): number[] {
  const joint = jointCovariance(posterior, inputs);
  const k = posterior.model.outputs;
  return inputs.flatMap((_, n) => joint.subMatrix(n * k, n * k + k - 1, n * k, n * k + k - 1).to1DArray());
}

describe.each(problems)("laplace-torch's Kronecker factors, $name", ({ sizes, theta, X, Y, X_test, likelihood, prior_precision, layer_prior_precision, results, kron_minibatch_n_div_3_log_marginal_likelihood: minibatches }) => {
  const network = mlp(sizes, { parameters: theta });
  const data = { inputs: X, targets: Y };
  const options = { prior: isotropic(prior_precision), structure };
  const subsets: { subset: string; model: Model; expected: typeof results.all_kron | typeof results.last_layer_kron }[] = [
    { subset: "all weights", model: network, expected: results.all_kron },
    { subset: "last layer", model: lastLayer(network), expected: results.last_layer_kron },
  ];

  describe.each(subsets)("$subset", ({ model, expected }) => {
    it("has the same factors", async () => {
      const { data: { curvature } } = await laplace(model, likelihood, data, options);
      // For a regression it shares a factor of its loss between the two; their product does not depend on that, and is without the noise, as ours.
      const products = expected.kfacs.map((factors) => factors.map((factor) => new Matrix(factor)).reduce((a, b) => a.kroneckerProduct(b)));
      const width = model.parameters.length;
      const dense = Matrix.from1DArray(width, width, curvature.dense());
      let at = 0;
      for (const product of products) {
        const end = at + product.rows - 1;
        expectClose(dense.subMatrix(at, end, at, end).to1DArray(), product.to1DArray(), EXACT);
        at = end + 1;
      }
      expect(at).toBe(width);
    });

    it("has the same evidence, variances and covariance of the outputs", async () => {
      const posterior = await laplace(model, likelihood, data, options);
      expectClose(termsOf(posterior), [expected.log_likelihood, expected.scatter, expected.log_det_posterior_precision, expected.log_det_ratio, expected.log_marginal_likelihood], EXACT);
      expectClose(posterior.marginalVariance, expected.posterior_variance, EXACT);
      const inputs = { data: Float64Array.from(X_test.flat()), rows: X_test.length, columns: X_test[0].length };
      expectClose(posterior.precision.outputCovariance(model, model.evaluate(inputs)), expected.glm_f_cov.flat(2), EXACT);
      expectClose(blocksOf(posterior, X_test), expected.glm_f_cov.flat(2), EXACT);
      if ("glm_joint_cov" in expected) expectClose(jointCovariance(posterior, X_test).to1DArray(), expected.glm_joint_cov.flat(), EXACT);
      if (!("prob_probit" in expected)) return;
      const { probabilities } = await predict(await laplace(model, categorical(), data, options), X_test, { link: probit() });
      expectClose(probabilities.to1DArray(), (expected as { prob_probit: number[][] }).prob_probit.flat(), EXACT);
    });

    it("has its greatest evidence at the same prior precision", async () => {
      const { exact_prior_precision, exact_log_marglik } = expected.optimize_prior;
      const tuned = maximizeEvidence(await laplace(model, likelihood, data, options), { estimate: "prior", tolerance: 1e-12 });
      // Its optimiser stops when the evidence no longer changes, which leaves half of the digits of where the maximum is.
      expect(tuned.prior.precisions[0] / exact_prior_precision).toBeCloseTo(1, 6);
      expectClose([tuned.logEvidence], [exact_log_marglik], EXACT);
    });
  });

  it("has the same with a prior precision for each tensor", async () => {
    const expected = results.layerprior_all_kron;
    const posterior = await laplace(network, likelihood, data, { structure, prior: perLayer(layer_prior_precision, { separateBiases: true }) });
    expectClose([posterior.logEvidence, posterior.precision.logDeterminant, posterior.scatter], [expected.log_marginal_likelihood, expected.log_det_posterior_precision, expected.scatter], EXACT);
    expectClose(blocksOf(posterior, X_test), expected.glm_f_cov.flat(2), EXACT);
  });

  it("has the same from batches of a third of the data", async () => {
    const third = X.length / 3;
    const batches = [0, 1, 2].map((b) => ({ inputs: X.slice(b * third, (b + 1) * third), targets: Y.slice(b * third, (b + 1) * third) }));
    const posterior = await laplace(network, likelihood, batches, options);
    expectClose([posterior.logEvidence], [minibatches], EXACT);
    expectClose([posterior.logEvidence], [results.all_kron.log_marginal_likelihood], EXACT);
  });
});

it("finds laplace-torch's prior and noise of the greatest evidence", async () => {
  const { sizes, theta, X, Y, sigma_noise, results } = regressionFile;
  const { joint_opt: expected } = results.all_kron.optimize_prior;
  const tuned = maximizeEvidence(await laplace(mlp(sizes, { parameters: theta }), gaussian({ noise: sigma_noise }), { inputs: X, targets: Y }, { structure }), { tolerance: 1e-12 });
  expect(tuned.prior.precisions[0] / expected.prior_precision).toBeCloseTo(1, 5);
  expect(tuned.likelihood.noise / expected.sigma_noise).toBeCloseTo(1, 5);
  expectClose([tuned.logEvidence], [expected.log_marglik], 1e-9);
});
