import { describe, it } from "vitest";
import { fit } from "../../src/fit.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import type { Model } from "../../src/model/model.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import cases from "../fixtures/nonlinear-least-squares.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

interface Expected {
  readonly estimates: readonly number[];
  readonly standardErrors: readonly number[];
  readonly noise: number;
}

/** Under a prior that says next to nothing, the mode is the least squares estimate, the noise that of N - W degrees of freedom, and standard deviations are the standard errors. */
async function expectSame(model: Model, inputs: number[], targets: number[] | number[][], expected: Expected): Promise<void> {
  const { posterior } = await fit(model, gaussian({ noise: 0.3 }), { inputs, targets }, { prior: isotropic(1e-7, { mean: model.parameters, fixed: true }) });
  expectClose(posterior.mean, expected.estimates, 2e-6);
  expectClose(posterior.marginalVariance.map(Math.sqrt), expected.standardErrors, 2e-6);
  expectClose([posterior.likelihood.noise], [expected.noise], 1e-6);
}

describe("fit() of a function has the estimates and standard errors of nonlinear least squares", () => {
  it("one compartment with absorption, by R's nls", async () => {
    const { dose, times, concentrations, ...expected } = cases.theophylline;
    const curve = functionModel({
      parameters: [0, -3, -1],
      value: (logs, [time]) => {
        const [absorption, clearance, volume] = logs.map(Math.exp);
        const elimination = clearance / volume;
        return ((dose * absorption) / (volume * (absorption - elimination))) * (Math.exp(-elimination * time) - Math.exp(-absorption * time));
      },
    });
    await expectSame(curve, times, concentrations, expected);
  });

  it.each(["one", "two"] as const)("%s compartments, by R's nls", async (compartments) => {
    const { times, concentrations, ...expected } = cases.indomethacin;
    const parameters = compartments === "one" ? [0, 0] : [0, 0, -2, -2];
    const curve = functionModel({ parameters, value: (logs, [time]) => parameters.reduce((sum, _, i) => (i % 2 === 0 ? sum + Math.exp(logs[i] - Math.exp(logs[i + 1]) * time) : sum), 0) });
    await expectSame(curve, times, concentrations, expected[compartments]);
  });

  it("a differential equation, by SciPy's curve_fit and solve_ivp", async () => {
    const { hares, lynx, ...expected } = cases.hares;
    const slope = ([a, b]: readonly number[], [birth, predation, death, growth]: readonly number[]): readonly number[] => [birth - predation * Math.exp(b), growth * Math.exp(a) - death];
    const model = functionModel({
      parameters: [0.5, 0.03, 0.8, 0.03, 30, 4].map(Math.log),
      outputs: 2,
      value: (logs, [year]) => {
        const rates = Array.from(logs, Math.exp);
        const h = 0.02;
        let y: readonly number[] = [logs[4], logs[5]];
        const from = (step: number, k: readonly number[]): readonly number[] => y.map((value, i) => value + step * k[i]);
        for (let steps = Math.round(year / h); steps > 0; steps--) {
          const k1 = slope(y, rates);
          const k2 = slope(from(h / 2, k1), rates);
          const k3 = slope(from(h / 2, k2), rates);
          const k4 = slope(from(h, k3), rates);
          y = y.map((value, i) => value + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
        }
        return y;
      },
    });
    await expectSame(model, hares.map((_, year) => year), hares.map((count, year) => [Math.log(count), Math.log(lynx[year])]), expected);
  });
});
