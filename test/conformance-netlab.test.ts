import { describe, expect, it } from "vitest";
import { exact } from "../src/curvature/curvature.ts";
import { reestimation } from "../src/evidence/maximize-evidence.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { probit } from "../src/likelihood/link.ts";
import { mlp } from "../src/model/mlp.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { predict } from "../src/predictive/predict.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { Matrix } from "ml-matrix";
import regression from "./fixtures/netlab-regression.json" with { type: "json" };
import softmax from "./fixtures/netlab-softmax.json" with { type: "json" };
import { expectClose } from "./support/close.ts";
import { eigenvalues } from "./support/dense-twin.ts";
import { fromNetlab } from "./support/netlab.ts";

/*
 * Netlab's conventions, from its manual (Nabney 2002, chapter 9) and borne out by the numbers below:
 * - hess, fevbayes: P is the exact Hessian beta H + alpha I; the predictive variance has the noise in it; softmax outputs are
 *   moderated by scaling each logit with its own kappa, as probit() does.
 * - evidence: one iteration at the weights given. gamma comes from the eigenvalues of H with the negative ones set to 0, at the
 *   old alpha and beta; then alpha and beta are re-estimated, and the log evidence is of the new ones. In its
 *   log determinant a negative eigenvalue counts as 2^-52.
 */
const CLOSE = 1e-10;

describe("Netlab, softmax outputs", () => {
  const model = mlp([softmax.nin, softmax.nhidden, softmax.nout], { parameters: fromNetlab(softmax) });
  const fit = () => laplace(model, categorical(), { inputs: softmax.x, targets: softmax.t }, { curvature: exact(), prior: isotropic(softmax.alpha) });

  it("has the same error, prior term and exact Hessian", async () => {
    const posterior = await fit();
    expectClose([posterior.data.energy, posterior.scatter], [softmax.error_data, 2 * softmax.alpha * softmax.error_prior], CLOSE);
    expectClose(posterior.data.curvature.dense(), softmax.data_hessian.flat(), CLOSE);
  });

  it("moderates outputs as probit() does", async () => {
    const { probabilities, logits } = await predict(await fit(), softmax.xt, { link: probit() });
    expectClose(logits.to1DArray(), softmax.a_test.flat(), CLOSE);
    expectClose(probabilities.to1DArray(), softmax.extra_test.flat(), 1e-9);
  });

  it("re-estimates alpha to the same value and evidence", async () => {
    const { posterior, history } = reestimation(await fit(), { maximumIterations: 1 });
    expect(history).toHaveLength(1);
    expectClose([(await fit()).effectiveParameters, posterior.prior.precisions[0]], [softmax.evidence_gamma, softmax.evidence_alpha], CLOSE);
    expectClose([posterior.logEvidence], [softmax.evidence_logev], CLOSE);
  });
});

describe("Netlab, linear output", () => {
  const model = mlp([regression.nin, regression.nhidden, regression.nout], { parameters: fromNetlab(regression) });
  const data = { inputs: regression.x, targets: regression.t };
  const { alpha, beta } = regression;
  const fit = (a: number, b: number) => laplace(model, gaussian({ noise: 1 / Math.sqrt(b) }), data, { curvature: exact(), prior: isotropic(a) });
  const lambda = eigenvalues(new Matrix(regression.data_hessian));
  const positive = lambda.filter((value) => value > 0);

  it("has the same error, prior term and exact Hessian", async () => {
    const posterior = await fit(alpha, beta);
    expectClose([posterior.data.energy, posterior.scatter], [regression.error_data, 2 * alpha * regression.error_prior], CLOSE);
    expectClose(posterior.data.curvature.dense(), regression.data_hessian.flat(), CLOSE);
  });

  it("gives error bars with the noise in them", async () => {
    const { mean, totalVariance, variance } = await predict(await fit(alpha, beta), regression.xt);
    expectClose(mean.to1DArray(), regression.y_test.flat(), CLOSE);
    expectClose(totalVariance.to1DArray(), regression.extra_test.flat(), CLOSE);
    expectClose(variance.to1DArray(), regression.extra_test.flat().map((value) => value - 1 / beta), CLOSE);
  });

  it("counts effective parameters without the negative eigenvalue, which we keep", async () => {
    expect(positive).toHaveLength(lambda.length - 1);
    const share = (value: number): number => (beta * value) / (beta * value + alpha);
    const gamma = (await fit(alpha, beta)).effectiveParameters;
    expect(gamma).toBeLessThan(regression.evidence_gamma - 0.5);
    expectClose([gamma - share(lambda[0])], [regression.evidence_gamma], 1e-9);
  });

  it("re-estimates from its gamma to its alpha and beta", async () => {
    const posterior = await fit(alpha, beta);
    const energy = 0.5 * (posterior.scatter / alpha);
    const noise = gaussian({ noise: 1 }).reestimate(posterior.data.energy, posterior.targetCount, regression.evidence_gamma);
    expectClose([regression.evidence_gamma / (2 * energy), noise.precision], [regression.evidence_alpha, regression.evidence_beta], 1e-9);
  });

  it("has its log evidence but for the negative eigenvalue", async () => {
    const [a, b] = [regression.evidence_alpha, regression.evidence_beta];
    const { logEvidence } = (await fit(alpha, beta)).with({ prior: isotropic(a), likelihood: gaussian({ noise: 1 / Math.sqrt(b) }) });
    const theirs = Math.log(b * Number.EPSILON + a);
    const ours = Math.log(b * lambda[0] + a);
    expectClose([logEvidence + 0.5 * (ours - theirs)], [regression.evidence_logev], 1e-9);
  });
});
