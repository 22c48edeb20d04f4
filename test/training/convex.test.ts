import { Matrix, inverse, solve } from "ml-matrix";
import { describe, expect, it } from "vitest";
import type { Data } from "../../src/data.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import { groups } from "../../src/prior/groups.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { random } from "../../src/random.ts";
import { adam } from "../../src/training/adam.ts";
import { lbfgs } from "../../src/training/lbfgs.ts";
import { levenbergMarquardt } from "../../src/training/levenberg-marquardt.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";

const ROWS = 60;
const source = random(4);
const inputs = Array.from({ length: ROWS }, () => [source.normal(), source.normal(), source.normal()]);
const scores = inputs.map(([a, b, c]) => 1.5 * a - b + 0.5 * c + source.normal());
/** Rows with a 1 for the bias, which comes last in a layer's parameters. */
const design = new Matrix(inputs.map((row) => [...row, 1]));

const methods = [
  { name: "levenbergMarquardt", method: levenbergMarquardt(), tolerance: 1e-7 },
  { name: "lbfgs", method: lbfgs({ memory: 5 }), tolerance: 1e-5 },
  { name: "adam", method: adam({ learningRate: 0.02, epochs: 4000, batchSize: ROWS }), tolerance: 1e-4 },
  { name: "adam in mini-batches", method: adam({ learningRate: 0.02, epochs: 1500, batchSize: 16 }), tolerance: 0.02 },
];

/** w - H^-1 g until it stands still. */
function newton(width: number, gradient: (w: Matrix) => Matrix, hessian: (w: Matrix) => Matrix): number[] {
  let w = Matrix.zeros(width, 1);
  for (let i = 0; i < 30; i++) w = Matrix.sub(w, solve(hessian(w), gradient(w)));
  expect(gradient(w).norm()).toBeLessThan(1e-10);
  return w.to1DArray();
}

describe.each(methods)("$name on a convex problem", ({ method, tolerance }) => {
  it("finds the ridge solution of a linear regression with two outputs and a prior mean", async () => {
    const noise = 0.7;
    const targets = scores.map((s, n) => [s, 2 - inputs[n][1]]);
    const prior = groups([0, 0, 0, 0, 0, 0, 1, 1], [2, 0.1], { mean: 0.3 });
    const { model, loss } = await train(mlp([3, 2]), gaussian({ noise }), { inputs, targets }, { prior, method });

    const a = Matrix.diag([2, 2, 2, 0.1]);
    const p = design.transpose().mmul(design).div(noise ** 2).add(a);
    const pull = design.transpose().mmul(new Matrix(targets)).div(noise ** 2).add(a.mmul(Matrix.ones(4, 2).mul(0.3)));
    const w = inverse(p).mmul(pull);
    const expected = [...[0, 1].flatMap((k) => [0, 1, 2].map((i) => w.get(i, k))), w.get(3, 0), w.get(3, 1)];
    expectClose(model.parameters, expected, tolerance);

    const residuals = design.mmul(w).sub(new Matrix(targets));
    const distance = Matrix.sub(w, Matrix.ones(4, 2).mul(0.3));
    const energy = residuals.norm() ** 2 / noise ** 2 + distance.transpose().mmul(a).mmul(distance).trace();
    expectClose([loss], [0.5 * energy], Math.max(tolerance ** 2, 1e-10));
  });

  it("finds the mode of a logistic regression that Newton's iteration finds", async () => {
    const targets = scores.map((s) => (s > 0.3 ? 1 : 0));
    const { model } = await train(mlp([3, 1]), bernoulli(), { inputs, targets }, { prior: isotropic(0.5), method });
    const chances = (w: Matrix): number[] => design.mmul(w).to1DArray().map((f) => 1 / (1 + Math.exp(-f)));
    const expected = newton(
      4,
      (w) => design.transpose().mmul(Matrix.columnVector(chances(w).map((p, n) => p - targets[n]))).add(Matrix.mul(w, 0.5)),
      (w) => design.transpose().mmul(Matrix.diag(chances(w).map((p) => p * (1 - p)))).mmul(design).add(Matrix.eye(4).mul(0.5)),
    );
    expectClose(model.parameters, expected, tolerance);
  });

  it("finds the mode of a softmax regression that Newton's iteration finds", async () => {
    const labels = scores.map((s) => (s < -0.7 ? 0 : s < 0.8 ? 1 : 2));
    const { model } = await train(mlp([3, 3], { biases: false }), categorical(), { inputs, targets: labels }, { prior: isotropic(0.8), method });
    const plain = new Matrix(inputs);
    const chances = (w: Matrix): Matrix => {
      const f = plain.mmul(Matrix.from1DArray(3, 3, w.to1DArray()).transpose());
      return new Matrix(f.to2DArray().map((row) => row.map((v) => Math.exp(v) / row.reduce((sum, u) => sum + Math.exp(u), 0))));
    };
    const expected = newton(
      9,
      (w) => {
        const errors = chances(w);
        labels.forEach((label, n) => errors.set(n, label, errors.get(n, label) - 1));
        return Matrix.columnVector(errors.transpose().mmul(plain).to1DArray()).add(Matrix.mul(w, 0.8));
      },
      (w) => {
        const p = chances(w);
        const h = Matrix.eye(9).mul(0.8);
        for (let n = 0; n < ROWS; n++) {
          for (let i = 0; i < 9; i++) {
            for (let j = 0; j < 9; j++) {
              const [k, l] = [Math.floor(i / 3), Math.floor(j / 3)];
              const curvature = (k === l ? p.get(n, k) : 0) - p.get(n, k) * p.get(n, l);
              h.set(i, j, h.get(i, j) + curvature * inputs[n][i % 3] * inputs[n][j % 3]);
            }
          }
        }
        return h;
      },
    );
    expectClose(model.parameters, expected, tolerance);
  });
});

describe("levenbergMarquardt", () => {
  const data: Data = { inputs, targets: scores };

  it("gets to the mode of a linear model in a few steps, however it is damped at first", async () => {
    for (const damping of [1e-12, 1, 1e6]) {
      const { gradientNorm, iterations, stopped } = await train(mlp([3, 1]), gaussian({ noise: 0.5 }), data, { method: levenbergMarquardt({ damping }) });
      expect(stopped).toBe("gradient");
      expect(gradientNorm).toBeLessThan(1e-5);
      expect(iterations).toBeLessThan(25);
    }
  });

  it("never has the rows of all data at once: chunks add up to the whole", async () => {
    const [rows, count] = [15_000, 8];
    const numbers = random(5);
    const x = { data: Float64Array.from({ length: rows * count }, () => numbers.normal()), shape: [rows, count] as const };
    const t = { data: x.data.map((value) => value + numbers.normal()), shape: [rows, count] as const };
    let largest = 0;
    const watch = (model: DenseNetwork): DenseNetwork => ({
      ...model,
      withParameters: (w) => watch(model.withParameters(w)),
      evaluate: (table) => {
        const evaluation = model.evaluate(table);
        return { ...evaluation, backpropagate: (cotangents) => {
          largest = Math.max(largest, table.rows);
          return evaluation.backpropagate(cotangents);
        } };
      },
    });
    const { model } = await train(watch(mlp([count, count], { biases: false })), gaussian({ noise: 1 }), { inputs: x, targets: t }, { method: levenbergMarquardt() });
    expect(largest).toBeGreaterThan(0);
    // Activations, and a delta for each output and unit.
    expect(rows * (count + count ** 2)).toBeGreaterThan(2 ** 20);
    expect(largest * (count + count ** 2)).toBeLessThanOrEqual(2 ** 20);
    const m = Matrix.from1DArray(rows, count, x.data);
    const expected = solve(m.transpose().mmul(m).add(Matrix.eye(count)), m.transpose().mmul(Matrix.from1DArray(rows, count, t.data)));
    expectClose(model.parameters, expected.transpose().to1DArray(), 1e-8);
  });
});
