import { describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { hessian } from "../../src/curvature/loss.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { modeCheck } from "../../src/spectrum/mode-check.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { noisySine } from "../support/regression.ts";
import { eigenvalues } from "./matrices.ts";

const [data, likelihood, prior] = [noisySine(40), gaussian({ noise: 0.1 }), isotropic(1)];
const start = mlp([1, 6, 1], { seed: 1 });

describe("modeCheck", () => {
  it("finds the mode that training leads to, with the distance and eigenvalue of the dense computation", async () => {
    const { model } = await train(start, likelihood, data, { prior });
    const found = await modeCheck(model, likelihood, data, { prior, temperature: 2 });
    const posterior = await laplace(model, likelihood, data, { prior, temperature: 2 });
    expectClose([found.distanceFromMode], [posterior.distanceFromMode], 1e-3);
    expectClose([found.gradientNorm], [posterior.gradientNorm], 1e-9);
    const once = await modeCheck(model, likelihood, data, { prior });
    expect(once.isMode).toBe(true);
    expect(once.verdict).toMatch(/^The weights are at a mode: /);
    expectClose([once.smallestEigenvalue], [eigenvalues(hessian(model, likelihood, data))[0] + 1], 1e-6);
    expectClose([once.smallestEigenvalue], [eigenvalues((await laplace(model, likelihood, data, { prior, curvature: exact() })).precisionMatrix())[0]], 1e-6);
  });

  it("tells weights that are on their way", async () => {
    const found = await modeCheck(start, likelihood, data, { prior });
    const posterior = await laplace(start, likelihood, data, { prior });
    expectClose([found.distanceFromMode / posterior.distanceFromMode], [1], 1e-3);
    expect(found.isMode).toBe(false);
    expect(found.verdict).toMatch(/^The weights are not at a mode: the gradient, of norm .* Train further/);
  });

  it("tells a saddle point, where the gradient is 0 as well", async () => {
    // E = ((u^2 - 1) - t)^2 / 2 with t = 0 has modes near +-1 and its saddle at 0.
    const saddle = functionModel({ parameters: [0], value: ([u]) => u * u - 1 });
    const found = await modeCheck(saddle, gaussian({ noise: 0.5 }), { inputs: [0], targets: [0] }, { prior });
    expect(found.gradientNorm).toBeLessThan(1e-9);
    expect(found.isMode).toBe(false);
    expect(found.smallestEigenvalue).toBeCloseTo(1 - 2 * 4, 4);
    expect(Math.abs(found.direction[0])).toBeCloseTo(1, 9);
    expect(found.verdict).toMatch(/saddle point.*Take a step along its eigenvector/);
  });

  it("refuses what does not fit, by name", async () => {
    await expect(modeCheck(start, likelihood, data, { curvature: exact() } as never)).rejects.toThrow(/unknown option "curvature"/);
    await expect(modeCheck(start, likelihood, data, { steps: 0 })).rejects.toThrow(/^steps: /);
    await expect(modeCheck(start, likelihood, data, { temperature: -1 })).rejects.toThrow(/^temperature: /);
  });
});
