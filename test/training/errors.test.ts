import { describe, expect, it } from "vitest";
import { InvalidArgumentError, NotFiniteError, UnsupportedError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { adam } from "../../src/training/adam.ts";
import { lbfgs } from "../../src/training/lbfgs.ts";
import { levenbergMarquardt } from "../../src/training/levenberg-marquardt.ts";
import { train, type TrainOptions } from "../../src/training/train.ts";

const data = { inputs: [[1, 2], [3, 4], [5, 7]], targets: [1, 2, 3] };
const network = mlp([2, 2, 1]);
const known = gaussian({ noise: 1 });
/** For what the types forbid and plain JavaScript allows. */
const untyped = (options: unknown): TrainOptions => options as TrainOptions;

describe("train refuses", () => {
  it.each([
    ["rows of inputs and targets that differ", { ...data, targets: [1, 2] }, /targets: expected 3 x 1.*got 2 x 1/],
    ["inputs of the wrong width", { ...data, inputs: [1, 2, 3] }, /data\.inputs: expected 2 columns/],
    ["missing values", { ...data, targets: [1, NaN, 2] }, /targets: expected finite numbers, got NaN at row 1/],
    ["no data", { inputs: [], targets: [] }, /inputs: expected at least one row/],
  ])("%s", async (_, wrong, message) => {
    await expect(train(network, known, wrong)).rejects.toThrow(InvalidArgumentError);
    await expect(train(network, known, wrong)).rejects.toThrow(message);
  });

  it.each([
    ["a method by its name", { method: "lbfgs" }, /method: expected levenbergMarquardt\(\), lbfgs\(\) or adam\(\), got "lbfgs"/],
    ["a method not called", { method: lbfgs }, /method: expected levenbergMarquardt\(\), lbfgs\(\) or adam\(\), got a function/],
    ["no method", { method: null }, /method: expected/],
    ["a prior that is a number", { prior: 1 }, /prior: expected a prior.*got 1/],
    ["a misspelt option", { maxIterations: 3 }, /options\.maxIterations: expected one of the options/],
    ["half an iteration", { maximumIterations: 0.5 }, /maximumIterations: expected a whole number/],
    ["no iteration", { maximumIterations: 0 }, /maximumIterations: expected a whole number/],
    ["a tolerance of 0", { gradientTolerance: 0 }, /gradientTolerance: expected a finite number above 0/],
    ["re-estimation that is not yes or no", { reestimate: 1 }, /reestimate: expected true or false, got 1/],
    ["a prior for another model", { prior: perLayer().bind(mlp([1, 1])) }, /prior for 9 weights, got one that was made for 2/],
  ])("%s", async (_, options, message) => {
    await expect(train(network, known, data, untyped(options))).rejects.toThrow(InvalidArgumentError);
    await expect(train(network, known, data, untyped(options))).rejects.toThrow(message);
  });

  it("open noise where nothing can estimate it, naming the three ways out", async () => {
    for (const method of [lbfgs(), adam()]) {
      const attempt = train(network, gaussian(), data, { method });
      await expect(attempt).rejects.toThrow(UnsupportedError);
      await expect(attempt).rejects.toThrow(new RegExp(`${method.name}\\(\\) does not.*levenbergMarquardt\\(\\).*gaussian\\(\\{ noise \\}\\).*fit\\(\\)`));
    }
    await expect(train(network, bernoulli(), { ...data, targets: [0, 1, 0] }, { method: lbfgs(), reestimate: true })).rejects.toThrow(UnsupportedError);
    await expect(train(network, gaussian(), data, { reestimate: false })).rejects.toThrow(/reestimate: expected true, as the noise was left open/);
  });

  it("more weights than Levenberg and Marquardt's matrices can have", async () => {
    const wide = mlp([2, 5000, 1]);
    const attempt = train(wide, known, data, { method: levenbergMarquardt() });
    await expect(attempt).rejects.toThrow(UnsupportedError);
    await expect(attempt).rejects.toThrow(/6\.4 GB for 20001 weights\. Use lbfgs\(\) or adam\(\)/);
  });

  it.each([levenbergMarquardt(), lbfgs(), adam()])("by $name to start where the loss is infinite", async (method) => {
    const far = mlp([2, 1], { parameters: [1e200, 1e200, 0] });
    await expect(train(far, known, data, { method })).rejects.toThrow(NotFiniteError);
    const undefinedThere = functionModel({ parameters: [-1], value: ([w], [x]) => Math.log(w) * x });
    await expect(train(undefinedThere, known, data, { method })).rejects.toThrow(NotFiniteError);
  });

  it.each([levenbergMarquardt(), lbfgs()])("by $name no step to where the derivatives are not finite: it stops at the edge of the domain", async (method) => {
    // The best a is 1e-6, but derivatives end at 1e-5.
    const slope = (a: number, x: number): number => (a < 1e-5 ? Number.NaN : x / (2 * Math.sqrt(a)));
    const rooted = (a: number) => functionModel({ parameters: [a], value: ([w], [x]) => Math.sqrt(w) * x, jacobian: ([w], [x]) => [slope(w, x)] });
    const near = { inputs: [1, 2, 3, 4], targets: [0.001, 0.002, 0.003, 0.004] };
    const precise = gaussian({ noise: 0.001 });
    const { model, stopped } = await train(rooted(1), precise, near, { method, prior: isotropic(1e-6) });
    expect(stopped).toBe("stalled");
    expect(model.parameters[0]).toBeGreaterThanOrEqual(1e-5);
    expect(model.parameters[0]).toBeLessThan(1e-4);
    await expect(train(rooted(1e-7), precise, near, { method })).rejects.toThrow(NotFiniteError);
  });

  it.each([levenbergMarquardt(), lbfgs()])("by $name to miss a mode next to the edge of the domain, where differences take shorter steps", async (method) => {
    const rooted = functionModel({ parameters: [1], value: ([w], [x]) => Math.sqrt(w) * x });
    const { model } = await train(rooted, gaussian({ noise: 0.001 }), { inputs: [1, 2, 3, 4], targets: [0.001, 0.002, 0.003, 0.004] }, { method, prior: isotropic(1e-6) });
    expect(Math.abs(model.parameters[0] / 1e-6 - 1)).toBeLessThan(1e-3);
  });

  it("to go on when Adam diverges", async () => {
    const method = adam({ learningRate: 1e300, epochs: 5 });
    await expect(train(network, known, data, { method })).rejects.toThrow(/loss is not finite at step 2 of adam\(\).*smaller learning rate/);
  });
});

describe("methods refuse", () => {
  it.each([
    ["damping of 0", () => levenbergMarquardt({ damping: 0 }), /damping: expected a finite number above 0/],
    ["an interval of 0", () => levenbergMarquardt({ interval: 0 }), /interval: expected a whole number of at least 1/],
    ["a misspelt option", () => levenbergMarquardt({ dampening: 1 } as object), /options\.dampening/],
    ["no memory", () => lbfgs({ memory: 0 }), /memory: expected a whole number of at least 1/],
    ["an option of another method", () => lbfgs({ epochs: 1 } as object), /options\.epochs/],
    ["a learning rate below 0", () => adam({ learningRate: -1 }), /learningRate: expected a finite number above 0/],
    ["an empty batch", () => adam({ batchSize: 0 }), /batchSize: expected a whole number of at least 1/],
    ["half an epoch", () => adam({ epochs: 0.5 }), /epochs: expected a whole number of at least 1/],
    ["half a seed", () => adam({ seed: 0.5 }), /seed: expected a whole number/],
    ["a schedule by its name", () => adam({ schedule: "cosine" } as object), /schedule: expected a function/],
    ["a misspelt option of adam", () => adam({ rate: 1 } as object), /options\.rate/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });
});
