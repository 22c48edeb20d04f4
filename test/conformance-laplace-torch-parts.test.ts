import { describe, expect, it } from "vitest";
import { categorical } from "../src/likelihood/categorical.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { probit } from "../src/likelihood/link.ts";
import type { DenseNetwork } from "../src/model/dense-network.ts";
import { lastLayer } from "../src/model/last-layer.ts";
import { mlp } from "../src/model/mlp.ts";
import type { Model } from "../src/model/model.ts";
import { byName } from "../src/model/selection.ts";
import { subnetwork } from "../src/model/subnetwork.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { jointCovariance } from "../src/predictive/joint-covariance.ts";
import { predict } from "../src/predictive/predict.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { diagonal } from "../src/structure/diagonal.ts";
import { full } from "../src/structure/full.ts";
import iris from "./fixtures/laplace-torch-iris.json" with { type: "json" };
import regression from "./fixtures/laplace-torch-regression.json" with { type: "json" };
import { expectClose } from "./support/close.ts";

/** Both sides compute these exactly; the file's matrices are rounded to 13 digits. */
const EXACT = 1e-10;

const problems = [
  { name: "regression", file: regression, likelihood: gaussian({ noise: regression.sigma_noise }) },
  { name: "iris", file: iris, likelihood: categorical() },
];
const structures = [
  { name: "full", structure: full() },
  { name: "diagonal", structure: diagonal() },
] as const;
const parts: { name: string; of: (network: DenseNetwork) => Model }[] = [
  { name: "lastLayer()", of: lastLayer },
  { name: "subnetwork() of its name", of: (network) => subnetwork(network, byName("layer2")) },
];

describe.each(problems)("laplace-torch's last layer, $name", ({ file, likelihood }) => {
  const network = mlp(file.sizes, { parameters: file.theta });
  const data = { inputs: file.X, targets: file.Y };

  describe.each(parts)("by $name", ({ of }) => {
    it.each(structures)("$name: curvature, evidence and covariance of the outputs", async ({ name, structure }) => {
      const expected = name === "full" ? file.results.last_layer_full : file.results.last_layer_diag;
      const posterior = await laplace(of(network), likelihood, data, { prior: isotropic(file.prior_precision), structure });
      expectClose(
        [posterior.logLikelihood, posterior.scatter, posterior.precision.logDeterminant, posterior.logDeterminantRatio, posterior.logEvidence],
        [expected.log_likelihood, expected.scatter, expected.log_det_posterior_precision, expected.log_det_ratio, expected.log_marginal_likelihood],
        EXACT,
      );
      const dense = posterior.data.curvature.dense();
      const width = posterior.mean.length;
      if (name === "full") expectClose(dense, file.results.last_layer_full.H_unscaled.flat(), EXACT);
      else expectClose(dense.filter((_, i) => i % (width + 1) === 0), file.results.last_layer_diag.H_unscaled_diag, EXACT);

      const joint = jointCovariance(posterior, file.X_test);
      const k = network.outputs;
      const blocks = file.X_test.flatMap((_, n) => joint.subMatrix(n * k, n * k + k - 1, n * k, n * k + k - 1).to1DArray());
      expectClose(blocks, expected.glm_f_cov.flat(2), EXACT);
    });
  });
});

describe.each(structures)("laplace-torch's last layer, iris, $name", ({ name, structure }) => {
  const network = mlp(iris.sizes, { parameters: iris.theta });
  const data = { inputs: iris.X, targets: iris.Y };
  const options = { prior: isotropic(iris.prior_precision), structure };

  it("gives its class probabilities", async () => {
    const posterior = await laplace(lastLayer(network), categorical(), data, options);
    const { probabilities } = await predict(posterior, iris.X_test, { link: probit() });
    expectClose(probabilities.to1DArray(), (name === "full" ? iris.results.last_layer_full : iris.results.last_layer_diag).prob_probit.flat(), EXACT);
  });

  it("is what mlp() makes of the features alone", async () => {
    const last = lastLayer(network);
    const inputs = { data: Float64Array.from(iris.X.flat()), rows: iris.X.length, columns: 4 };
    const features = last.evaluate(inputs).activations[0];
    const head = mlp([8, 3], { parameters: last.parameters });
    const alone = await laplace(head, categorical(), { inputs: { data: features, shape: [iris.X.length, 8] }, targets: iris.Y }, options);
    const within = await laplace(last, categorical(), data, options);
    expectClose([alone.logEvidence, ...alone.marginalVariance], [within.logEvidence, ...within.marginalVariance], 1e-14);
    expect(alone.mean).toEqual(within.mean);
  });
});
