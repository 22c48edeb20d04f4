import { describe, expect, it } from "vitest";
import { gradient, hessian, hessianDiagonal, hessianVectorProduct } from "../../src/curvature/loss.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import irisFile from "../fixtures/laplace-torch-iris.json" with { type: "json" };
import regressionFile from "../fixtures/laplace-torch-regression.json" with { type: "json" };
import { expectClose } from "../support/close.ts";
import { dataOf, twinApproximateDiagonal, twinHessian, twinLogLikelihood } from "../support/dense-twin.ts";
import { differences } from "../support/sixth-order-differences.ts";
import { textbookBernoulli, textbookCategorical, textbookGaussian } from "../support/textbook-likelihoods.ts";
import { makeTwin, twinFunction, twinNetwork } from "../support/twin-models.ts";

const hidden = twinNetwork("two hidden layers", 2, [[3, "tanh"], [2, "silu"]]);
const twins = [textbookGaussian(2), textbookBernoulli(), textbookCategorical(3)].map((textbook) => makeTwin(hidden, textbook, 4, 1));

describe.each(twins)("derivatives of the data error, $textbook.name", (twin) => {
  const { model, textbook } = twin;
  const data = dataOf(twin);

  it("gradient is that of -log p by differences", () => {
    const expected = differences((w) => [-twinLogLikelihood(twin, w)], model.parameters);
    expectClose(gradient(model, textbook.likelihood, data), expected, 1e-9);
  });

  it("Hessian, its diagonals and its columns are those of -log p", () => {
    const expected = twinHessian(twin);
    const h = hessian(model, textbook.likelihood, data);
    expectClose(h.to1DArray(), expected.to1DArray(), 1e-8);
    expectClose(hessianDiagonal(model, textbook.likelihood, data), h.diagonal(), 1e-12);
    expectClose(hessianDiagonal(model, textbook.likelihood, data, { diagonal: "approximate" }), twinApproximateDiagonal(twin).diagonal(), 1e-8);
    for (const i of [0, 3, model.parameters.length - 1]) {
      const unit = Float64Array.from(model.parameters, (_, j) => (i === j ? 1 : 0));
      expectClose(hessianVectorProduct(model, textbook.likelihood, data, unit), h.getColumn(i), 1e-12);
    }
  });
});

describe("agreement with PyTorch", () => {
  const theirs = [
    { name: "regression", file: regressionFile, likelihood: gaussian({ noise: 1 }) },
    { name: "iris", file: irisFile, likelihood: categorical() },
  ] as const;
  it.each(theirs)("$name: gradient, Hessian, its diagonal, and its product with sin(i)", ({ file, likelihood }) => {
    const model = mlp(file.sizes, { parameters: file.theta });
    const data = { inputs: file.X, targets: file.Y };
    expectClose(gradient(model, likelihood, data), file.exact.grad, 1e-12);
    expectClose(hessian(model, likelihood, data).to1DArray(), file.exact.hessian.flat(), 1e-12);
    expectClose(hessianDiagonal(model, likelihood, data), file.exact.hessian_diag, 1e-12);
    expectClose(hessianVectorProduct(model, likelihood, data, file.theta.map((_, i) => Math.sin(i + 1))), file.exact.hvp, 1e-12);
  });
});

describe("bad input to the derivatives", () => {
  const [twin] = twins;
  const { likelihood } = twin.textbook;
  const data = dataOf(twin);

  it("of the wrong shape", () => {
    expect(() => gradient(twin.model, likelihood, { ...data, inputs: [[1], [2]] })).toThrow(/^data\.inputs: expected 2 columns, as the model has inputs, got 2 x 1/);
    expect(() => hessian(twin.model, likelihood, { ...data, targets: [1, 2, 3, 4] })).toThrow(/^targets: expected 4 x 2.*got 4 x 1/);
    expect(() => hessianVectorProduct(twin.model, likelihood, data, [1, 2])).toThrow(/^direction: expected \d+ numbers, one for each parameter, got 2/);
  });

  it("of unknown options", () => {
    expect(() => hessianDiagonal(twin.model, likelihood, data, { diagonal: "rough" } as object)).toThrow(InvalidArgumentError);
    expect(() => hessianDiagonal(twin.model, likelihood, data, { which: "exact" } as object)).toThrow(/^options\.which: /);
  });

  it("of a model without layers for the approximate diagonal", () => {
    const flat = makeTwin(twinFunction, textbookGaussian(1), 3, 1);
    expect(() => hessianDiagonal(flat.model, flat.textbook.likelihood, dataOf(flat), { diagonal: "approximate" })).toThrow(UnsupportedError);
  });
});
