import { Matrix, inverse } from "ml-matrix";
import { expect, it } from "vitest";
import { maximizeEvidence } from "../src/evidence/maximize-evidence.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { mlp } from "../src/model/mlp.ts";
import { laplace } from "../src/posterior/laplace.ts";
import type { Posterior } from "../src/posterior/posterior.ts";
import { predict } from "../src/predictive/predict.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import diabetes from "./fixtures/diabetes.json" with { type: "json" };
import { expectClose } from "./support/close.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function standardised(values: readonly number[]): number[] {
  const m = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - m) ** 2)));
  return values.map((value) => (value - m) / deviation);
}

/** The mode of a linear model, w = beta (beta X'X + alpha I)^-1 X't, by ml-matrix. */
function mode(x: Matrix, t: Matrix, alpha: number, beta: number): number[] {
  const p = x.transpose().mmul(x).mul(beta).add(Matrix.eye(x.columns).mul(alpha));
  return inverse(p).mmul(x.transpose()).mmul(t).mul(beta).to1DArray();
}

/** Re-estimation at fixed weights and the mode for its hyperparameters, in turn, until neither moves. */
async function tuned(inputs: readonly number[][], targets: readonly number[], alpha: number, beta: number): Promise<Posterior<ReturnType<typeof mlp>, ReturnType<typeof gaussian>>> {
  const [x, t] = [new Matrix([...inputs]), Matrix.columnVector(targets)];
  let posterior = await laplace(mlp([x.columns, 1], { biases: false, parameters: mode(x, t, alpha, beta) }), gaussian({ noise: 1 / Math.sqrt(beta) }), { inputs, targets }, { prior: isotropic(alpha) });
  for (let round = 0; round < 200; round++) {
    const { likelihood, prior } = maximizeEvidence(posterior, { tolerance: 1e-13, maximumIterations: 50 });
    const moved = mode(x, t, prior.precisions[0], likelihood.precision);
    const next = await laplace(posterior.model.withParameters(Float64Array.from(moved)), likelihood, { inputs, targets }, { prior });
    const change = Math.abs(prior.precisions[0] / posterior.prior.precisions[0] - 1);
    posterior = next;
    if (change < 1e-13) break;
  }
  return posterior;
}

it("finds the hyperparameters and the evidence of standardised diabetes data", async () => {
  const columns = new Matrix(diabetes.inputs).transpose().to2DArray().map(standardised);
  const posterior = await tuned(new Matrix(columns).transpose().to2DArray(), standardised(diabetes.targets), 1, 1);
  const expected = diabetes.standardised;
  expectClose(
    [posterior.prior.precisions[0] / expected.alpha, posterior.likelihood.precision / expected.beta, posterior.effectiveParameters / expected.gamma, posterior.logEvidence / expected.log_evidence],
    [1, 1, 1, 1],
    1e-9,
  );
  expect(posterior.gradientNorm).toBeLessThan(1e-9);
});

it("is scikit-learn's BayesianRidge with flat hyperpriors", async () => {
  const { alpha_: beta, lambda_: alpha, coef_, sigma_, intercept_, pred_mean_first7, pred_std_first7 } = diabetes.bayesian_ridge;
  expectClose([intercept_], [mean(diabetes.targets)], 1e-12);
  const centred = diabetes.targets.map((value) => value - intercept_);
  const posterior = await tuned(diabetes.inputs, centred, 1e-5, 3e-4);
  // Its own tolerance on the coefficients is 1e-9.
  expectClose([posterior.prior.precisions[0] / alpha, posterior.likelihood.precision / beta], [1, 1], 1e-6);
  expectClose(posterior.mean, coef_, 1e-6);
  expectClose(posterior.covariance().to1DArray(), sigma_.flat(), 1e-6);
  const prediction = await predict(posterior, diabetes.inputs.slice(0, 7));
  expectClose(prediction.mean.to1DArray().map((value) => value + intercept_), pred_mean_first7, 1e-7);
  expectClose(prediction.totalVariance.to1DArray().map(Math.sqrt), pred_std_first7, 1e-7);
});
