import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { toTable, type Data } from "../../src/data.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import type { GroupedPrior } from "../../src/prior/prior.ts";
import type { Progress } from "../../src/progress.ts";
import { random } from "../../src/random.ts";
import { adam } from "../../src/training/adam.ts";
import { lbfgs } from "../../src/training/lbfgs.ts";
import { levenbergMarquardt } from "../../src/training/levenberg-marquardt.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";

const source = random(8);
const inputs = Array.from({ length: 40 }, (_, n) => [n / 8 - 2.5]);
const sine: Data = { inputs, targets: inputs.map(([x]) => Math.sin(2 * x) + 0.1 * source.normal()) };
const halves: Data = { inputs, targets: inputs.map(([x]) => (Math.sin(2 * x) + 0.3 * source.normal() > 0 ? 1 : 0)) };
const thirds: Data = { inputs, targets: inputs.map(([x]) => Math.min(2, Math.floor(1.5 + 1.5 * Math.sin(2 * x)))) };

/** E straight from its definition, with the density of each likelihood written out. */
function loss(model: Model, likelihood: Likelihood, prior: GroupedPrior, data: Data, w: Float64Array): number {
  const table = toTable("inputs", data.inputs);
  const { outputs } = model.withParameters(w).evaluate(table);
  const k = model.outputs;
  const targets = data.targets as number[];
  const error = targets.reduce((sum, t, n) => {
    const f = outputs.slice(n * k, (n + 1) * k);
    if (likelihood.name === "gaussian") return sum + 0.5 * likelihood.precision * (f[0] - t) ** 2;
    if (likelihood.name === "bernoulli") return sum + Math.log(1 + Math.exp(f[0])) - t * f[0];
    return sum + Math.log(f.reduce((total, v) => total + Math.exp(v), 0)) - f[t];
  }, 0);
  return w.reduce((sum, v, i) => sum + 0.5 * prior.precisions[prior.groupOf[i]] * v * v, error);
}

const problems = [
  { name: "regression", likelihood: gaussian({ noise: 0.1 }) as Likelihood, data: sine, outputs: 1 },
  { name: "two classes", likelihood: bernoulli() as Likelihood, data: halves, outputs: 1 },
  { name: "three classes", likelihood: categorical() as Likelihood, data: thirds, outputs: 3 },
];
const methods = [levenbergMarquardt(), lbfgs()];

describe.each(problems)("a tanh network for $name", ({ likelihood, data, outputs }) => {
  it.each(methods)("comes to a minimum by $name", async (method) => {
    const network = mlp([1, 6, outputs], { seed: 3 });
    const result = await train(network, likelihood, data, { prior: perLayer([0.5, 0.2]), method });
    expect(result.stopped).toBe("gradient");
    expect(result.gradientNorm).toBeLessThan(method.name === "lbfgs" ? 1e-6 * Math.max(1, result.loss) : 1e-8 * Math.max(1, result.loss));

    const at = (w: Float64Array): number => loss(network, likelihood, result.prior, data, w);
    const w = result.model.parameters;
    expectClose([result.loss], [at(w)], 1e-12);
    // Second differences of the written-out loss: positive definite, so that no direction leads further down.
    const width = w.length;
    const h = 1e-3;
    const moved = (i: number, a: number, j: number, b: number): number => {
      const v = w.slice();
      v[i] += a * h;
      v[j] += b * h;
      return at(v);
    };
    const hessian = Matrix.zeros(width, width);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) {
        const second = (moved(i, 1, j, 1) - moved(i, 1, j, -1) - moved(i, -1, j, 1) + moved(i, -1, j, -1)) / (4 * h * h);
        hessian.set(i, j, second);
        hessian.set(j, i, second);
      }
    }
    expect(Math.min(...new EigenvalueDecomposition(hessian).realEigenvalues)).toBeGreaterThan(0.01);
  });
});

describe("train", () => {
  it("reports the gradient norm that differences of the loss give, for Adam too", async () => {
    const network = mlp([1, 4, 1], { seed: 1 });
    for (const method of [levenbergMarquardt(), lbfgs(), adam({ batchSize: 7, seed: 2 })]) {
      const { model, likelihood, prior, gradientNorm, iterations, stopped } = await train(network, gaussian({ noise: 0.3 }), sine, { method, maximumIterations: 5 });
      expect([iterations, stopped]).toEqual([5, "iterations"]);
      const squares = model.parameters.reduce((sum, v, i) => {
        const [above, below] = [model.parameters.slice(), model.parameters.slice()];
        above[i] = v + 1e-5;
        below[i] = v - 1e-5;
        return sum + ((loss(network, likelihood, prior, sine, above) - loss(network, likelihood, prior, sine, below)) / 2e-5) ** 2;
      }, 0);
      expectClose([gradientNorm], [Math.sqrt(squares)], 1e-6);
      expect(gradientNorm).toBeGreaterThan(0.1);
    }
  });

  it("changes nothing that it was given", async () => {
    const network = mlp([1, 4, 1], { seed: 1 });
    const before = network.parameters.slice();
    const [likelihood, prior] = [gaussian(), isotropic(1).bind(network)];
    const data = { inputs: { data: Float64Array.from(inputs.flat()), shape: [40, 1] as const }, targets: Float64Array.from(sine.targets as number[]) };
    const result = await train(network, likelihood, data, { prior });
    expect(network.parameters).toEqual(before);
    expect(likelihood.noise).toBe(1);
    expect(likelihood.estimated).toBe(true);
    expect(prior.precisions).toEqual(Float64Array.of(1));
    expect(data.targets).toEqual(Float64Array.from(sine.targets as number[]));
    expect(data.inputs.data).toEqual(Float64Array.from(inputs.flat()));
    expect(result.model.parameters).not.toEqual(before);
    expect(result.prior.precisions[0]).not.toBe(1);
  });

  it("returns weights of its own where no step is needed", async () => {
    const network = mlp([1, 1], { parameters: [0, 0] });
    const { model, iterations } = await train(network, gaussian({ noise: 1 }), { inputs: [1, 2], targets: [0, 0] });
    expect(iterations).toBe(0);
    expect(model.parameters).toEqual(network.parameters);
    expect(model.parameters).not.toBe(network.parameters);
  });

  it("gives the same numbers for the same seed and others for another", async () => {
    const run = async (seed: number): Promise<Float64Array> => {
      const { model } = await train(mlp([1, 4, 1]), gaussian({ noise: 0.2 }), sine, { method: adam({ batchSize: 8, epochs: 3, seed }) });
      return model.parameters;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it("follows the schedule of the learning rate", async () => {
    const shares: number[] = [];
    const schedule = (share: number): number => {
      shares.push(share);
      return 0;
    };
    const network = mlp([1, 2, 1]);
    const { model } = await train(network, gaussian({ noise: 1 }), sine, { method: adam({ batchSize: 20, epochs: 2, schedule }) });
    expect(shares).toEqual([0, 0.25, 0.5, 0.75]);
    expect(model.parameters).toEqual(network.parameters);
  });

  it.each([levenbergMarquardt(), lbfgs(), adam({ epochs: 10 })])("tells $name's progress, and stops when it is told to", async (method) => {
    const seen: Progress[] = [];
    const { loss: last, iterations } = await train(mlp([1, 3, 1]), gaussian({ noise: 0.2 }), sine, { method, onProgress: (p) => seen.push(p) });
    expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: iterations }, (_, i) => i + 1));
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(["training"]));
    expectClose([seen[seen.length - 1].value as number], [last], method.name === "adam" ? 0.5 : 1e-9);

    const stop = new AbortController();
    const reason = new Error("enough");
    const onProgress = ({ done }: Progress): void => {
      if (done === 3) stop.abort(reason);
    };
    await expect(train(mlp([1, 3, 1]), gaussian({ noise: 0.2 }), sine, { method, signal: stop.signal, onProgress })).rejects.toBe(reason);
    await expect(train(mlp([1, 3, 1]), gaussian({ noise: 0.2 }), sine, { method, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it.each([levenbergMarquardt(), lbfgs()])("comes back by $name from steps to where the model is not defined", async (method) => {
    // sqrt(1 - w^2) x: NaN for |w| > 1, and the best w is close to 1.
    const circle = functionModel({ parameters: [0.1], value: ([w], [x]) => Math.sqrt(1 - w * w) * x });
    const data = { inputs: [1, 2, 3], targets: [0.3, 0.6, 0.9] };
    const { model, gradientNorm } = await train(circle, gaussian({ noise: 0.1 }), data, { method, prior: isotropic(1e-3), gradientTolerance: 1e-5 });
    expectClose([Math.abs(model.parameters[0])], [Math.sqrt(1 - 0.09)], 1e-3);
    expect(gradientNorm).toBeLessThan(1e-4);
  });
});
