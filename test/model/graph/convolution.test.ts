import { describe, expect, it } from "vitest";
import { Matrix } from "ml-matrix";
import { toMatrix } from "../../../src/model/derivatives.ts";
import { convolution1d, convolution2d, type ConvolutionOptions } from "../../../src/model/graph/convolution.ts";
import { dense } from "../../../src/model/graph/dense.ts";
import { network } from "../../../src/model/graph/network.ts";
import { flatten } from "../../../src/model/graph/reshape.ts";
import { sizeOf } from "../../../src/model/graph/shape.ts";
import { lastLayer } from "../../../src/model/last-layer.ts";
import { expectClose } from "../../support/close.ts";
import fc from "../../support/fast-check.ts";
import { quadraticLoss } from "../../support/networks.ts";
import { normalTable, normals } from "../../support/random-numbers.ts";

/** A convolution with everything written out, and the shape of what it sees. */
interface Convolution {
  readonly channels: number;
  readonly size: readonly [number, number];
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly (readonly [number, number])[];
  readonly groups: number;
}

const pair = (max: number, min = 1) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

const convolutions: fc.Arbitrary<Convolution> = fc
  .record({ channels: fc.integer({ min: 1, max: 2 }), size: pair(5), filters: fc.integer({ min: 1, max: 2 }), kernel: pair(3), stride: pair(3), dilation: pair(2), padding: fc.tuple(pair(3, 0), pair(3, 0)), groups: fc.integer({ min: 1, max: 2 }) })
  .map((one) => ({ ...one, channels: one.channels * one.groups, filters: one.filters * one.groups }))
  .filter(({ size, kernel, dilation, padding }) => size.every((length, axis) => length + padding[axis][0] + padding[axis][1] > dilation[axis] * (kernel[axis] - 1)));

/** Places of the window along an axis, counted one by one. */
function places({ size, kernel, stride, dilation, padding }: Convolution, axis: number): number {
  let count = 0;
  for (let first = -padding[axis][0]; first + dilation[axis] * (kernel[axis] - 1) < size[axis] + padding[axis][1]; first += stride[axis]) count++;
  return count;
}

/** T with w_dense = T w: which weight of the convolution each weight of a dense layer between the same numbers is, if any; the biases come last in both. */
function tie(one: Convolution): Matrix {
  const { channels, size: [height, width], filters, kernel: [kernelHeight, kernelWidth], stride, dilation, padding, groups } = one;
  const [down, across] = [places(one, 0), places(one, 1)];
  const [inputs, outputs] = [channels * height * width, filters * down * across];
  const own = channels / groups;
  const weights = filters * own * kernelHeight * kernelWidth;
  const tied = Matrix.zeros(outputs * inputs + outputs, weights + filters);
  for (let f = 0; f < filters; f++) {
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const output = (f * down + y) * across + x;
        tied.set(outputs * inputs + output, weights + f, 1);
        for (let c = 0; c < own; c++) {
          for (let i = 0; i < kernelHeight; i++) {
            for (let j = 0; j < kernelWidth; j++) {
              const [row, column] = [y * stride[0] + i * dilation[0] - padding[0][0], x * stride[1] + j * dilation[1] - padding[1][0]];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              const channel = Math.floor(f / (filters / groups)) * own + c;
              tied.set(output * inputs + (channel * height + row) * width + column, ((f * own + c) * kernelHeight + i) * kernelWidth + j, 1);
            }
          }
        }
      }
    }
  }
  return tied;
}

describe("a convolution", () => {
  it("is a dense layer whose weights are tied", () => {
    fc.assert(
      fc.property(convolutions, fc.integer({ min: 1, max: 3 }), fc.nat(1e5), (one, rows, seed) => {
        const { channels, size, padding, ...options } = one;
        const shape = [channels, ...size];
        const tied = tie(one);
        fc.pre(tied.rows <= 1200);
        const ours = network(shape, [convolution2d({ ...options, padding }), "tanh", flatten(), dense(2)], { seed });
        const split = tied.columns;
        const [own, head] = [ours.parameters.slice(0, split), ours.parameters.slice(split)];
        const theirs = network(shape, [flatten(), dense(sizeOf(ours.operations[0].shape), { activation: "tanh" }), dense(2)], { parameters: [...tied.mmul(Matrix.columnVector(Array.from(own))).to1DArray(), ...head] });

        const inputs = normalTable(rows, sizeOf(shape), seed);
        const [a, b] = [ours.evaluate(inputs), theirs.evaluate(inputs)];
        expectClose(a.outputs, b.outputs, 1e-13);
        const wide = Matrix.zeros(tied.rows + head.length, split + head.length);
        wide.setSubMatrix(tied, 0, 0);
        for (let i = 0; i < head.length; i++) wide.set(tied.rows + i, split + i, 1);
        expectClose(a.jacobian(), toMatrix(b.jacobian(), rows * 2, wide.rows).mmul(wide).to1DArray(), 1e-12);
        const loss = quadraticLoss(rows, 2, seed)(a.outputs);
        expectClose(a.vectorJacobianProduct(loss.gradient), wide.transpose().mmul(Matrix.columnVector(Array.from(b.vectorJacobianProduct(loss.gradient)))).to1DArray(), 1e-12);
        const v = normals(ours.parameters.length, seed);
        const along = wide.mmul(Matrix.columnVector(Array.from(v))).to1DArray();
        expectClose(a.jacobianVectorProduct(v), b.jacobianVectorProduct(Float64Array.from(along)), 1e-12);
        expectClose(a.hessianVectorProduct(loss, v), wide.transpose().mmul(Matrix.columnVector(Array.from(b.hessianVectorProduct(loss, Float64Array.from(along))))).to1DArray(), 1e-11);
      }),
      { numRuns: 60 },
    );
  });

  it("in one dimension is one in two of height 1", () => {
    const options = { filters: 3, stride: 2, dilation: 2, groups: 1 };
    const [line, plane] = [convolution1d({ ...options, kernel: 3, padding: [[2, 1]] }), convolution2d({ ...options, kernel: [1, 3], stride: [1, 2], dilation: [1, 2], padding: [0, [2, 1]] })];
    const [a, b] = [network([2, 9], [line], { seed: 1 }), network([2, 1, 9], [plane], { seed: 1 })];
    const inputs = normalTable(3, 18, 2);
    expect(a.parameters).toEqual(b.parameters);
    expect(a.evaluate(inputs).jacobian()).toEqual(b.evaluate(inputs).jacobian());
    expect([a.outputShape, b.outputShape]).toEqual([[3, 4], [3, 1, 4]]);
  });

  it("of one position and kernel is a dense layer", () => {
    const inputs = normalTable(4, 5, 1);
    const [a, b] = [network([5, 1, 1], [convolution2d({ filters: 3, kernel: 1 })], { seed: 2 }), network([5], [dense(3)], { seed: 2 })];
    expect(a.parameters).toEqual(b.parameters);
    expect(a.evaluate(inputs).jacobian()).toEqual(b.evaluate(inputs).jacobian());
  });

  it.each([
    [7, 2, 3, 4],
    [8, 2, 3, 4],
    [8, 3, 1, 3],
    [1, 1, 4, 1],
    [5, 5, 2, 1],
  ])('with padding "same" has ceil(size / stride) places: %i by %i with a kernel of %i', (length, stride, kernel, expected) => {
    expect(network([1, length], [convolution1d({ filters: 1, kernel, stride, padding: "same" })]).outputShape).toEqual([1, expected]);
  });

  it("of more examples than are taken at a time gives the same", () => {
    // An example has 28,674 values in all and patches of 16,384 numbers: 146 and 64 examples at a time.
    const model = network([1, 128, 128], [convolution2d({ filters: 1, kernel: 2, stride: 2 }), "tanh", flatten(), dense(2)], { seed: 1 });
    const inputs = { data: Float64Array.from({ length: 200 * model.inputs }, (_, i) => (i % 997) / 500 - 1), rows: 200, columns: model.inputs };
    const last = { data: inputs.data.subarray(190 * model.inputs), rows: 10, columns: model.inputs };
    const [all, few] = [model.evaluate(inputs), model.evaluate(last)];
    expectClose(all.outputs.subarray(380), few.outputs, 1e-13);
    expectClose(lastLayer(model).evaluate(inputs).outputs, all.outputs, 1e-13);
    const [u, h] = [new Float64Array(400).fill(1, 380), new Float64Array(800).fill(1, 760)];
    const [v, loss, lossOfFew] = [normals(model.parameters.length, 3), { gradient: u, hessian: h }, { gradient: u.subarray(380), hessian: h.subarray(760) }];
    expectClose(all.vectorJacobianProduct(u), few.vectorJacobianProduct(u.subarray(380)), 1e-12);
    expectClose(all.jacobianVectorProduct(v).subarray(380), few.jacobianVectorProduct(v), 1e-12);
    expectClose(all.hessianVectorProduct(loss, v), few.hessianVectorProduct(lossOfFew, v), 1e-12);
    expectClose(all.jacobian().subarray(380 * v.length), few.jacobian(), 1e-12);
  }, 30_000);

  it.each<[options: object, message: RegExp]>([
    [{ kernel: 3 }, /^filters: expected a whole number of at least 1, got undefined/],
    [{ filters: 2 }, /^kernel: expected a whole number of at least 1, got undefined/],
    [{ filters: 2, kernel: [3] }, /^kernel: expected a number, or 2 of them, one for each axis, got an array of 1/],
    [{ filters: 2, kernel: [3, 0] }, /^kernel\[1\]: expected a whole number of at least 1, got 0/],
    [{ filters: 2, kernel: 3, padding: "full" }, /^padding: expected one of "valid", "same", got "full"/],
    [{ filters: 2, kernel: 3, padding: -1 }, /^padding: expected a whole number of at least 0, got -1/],
    [{ filters: 2, kernel: 3, padding: [1] }, /^padding: expected "valid", "same", a number, or 2 entries/],
    [{ filters: 2, kernel: 3, padding: [1, [1, 2, 3]] }, /^padding\[1\]: expected a number, or \[before, after\]/],
    [{ filters: 3, kernel: 1, groups: 2 }, /^filters: expected a multiple of the 2 groups, got 3/],
    [{ filters: 2, kernel: 3, strides: 2 }, /^options\.strides: expected one of the options filters, kernel, /],
    [{ filters: 2, kernel: 3, activation: "swish" }, /^activation: expected one of .*got "swish"/],
  ])("refuses %j", (options, message) => expect(() => convolution2d(options as ConvolutionOptions)).toThrow(message));

  it.each<[shape: number[], options: ConvolutionOptions, message: RegExp]>([
    [[784], { filters: 1, kernel: 3 }, /^convolution1: expected inputs of channels x height x width, got 784\. Channels come first/],
    [[3, 8, 8], { filters: 2, kernel: 3, groups: 2 }, /^convolution1: expected inputs of channels that its 2 groups divide, got 3 x 8 x 8/],
    [[1, 8, 2], { filters: 1, kernel: 3 }, /^convolution1: expected at least 3 positions, .* along axis 2 of its inputs, got 2 and 0 of padding\. Take a smaller kernel/],
  ])("refuses inputs of %j", (shape, options, message) => expect(() => network(shape, [convolution2d(options)])).toThrow(message));
});
