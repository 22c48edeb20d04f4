import { describe, expect, it } from "vitest";
import { forward } from "../../../src/model/derivatives.ts";
import { add, subtract } from "../../../src/model/graph/add.ts";
import { affine } from "../../../src/model/graph/affine-layer.ts";
import { globalAveragePooling } from "../../../src/model/graph/average-pooling.ts";
import { concatenate } from "../../../src/model/graph/concatenate.ts";
import { elementwise } from "../../../src/model/graph/elementwise-layer.ts";
import type { NetworkEntry } from "../../../src/model/graph/entries.ts";
import { matrixProduct } from "../../../src/model/graph/matrix-product.ts";
import { globalMaxPooling } from "../../../src/model/graph/max-pooling.ts";
import { maximum, minimum } from "../../../src/model/graph/maximum.ts";
import { mean } from "../../../src/model/graph/mean.ts";
import { multiply } from "../../../src/model/graph/multiply.ts";
import { network } from "../../../src/model/graph/network.ts";
import { select, zeroPadding } from "../../../src/model/graph/select.ts";
import type { Shape } from "../../../src/model/graph/shape.ts";
import { transpose } from "../../../src/model/graph/transpose.ts";
import { expectClose } from "../../support/close.ts";

/** 1, 2, ... in a shape, and another 10, 20, ... made of it. */
const two = (layer: NetworkEntry & object): NetworkEntry[] => [{ name: "tens", layer: affine({ axes: [], scale: [10] }) }, { layer: layer as never, inputs: ["input", "tens"] }];

describe("values of layers without weights, for 1, 2, 3, ...", () => {
  it.each<[name: string, shape: Shape, layers: readonly NetworkEntry[], expected: Shape, values: readonly number[]]>([
    ["transpose", [2, 3], [transpose([1, 0])], [3, 2], [1, 4, 2, 5, 3, 6]],
    ["transpose of three axes", [1, 2, 3], [transpose([2, 0, 1])], [3, 1, 2], [1, 4, 2, 5, 3, 6]],
    ["select", [2, 3], [select({ axis: 1, indices: [2, 0, 0, 1] })], [2, 4], [3, 1, 1, 2, 6, 4, 4, 5]],
    ["select of the first axis", [2, 3], [select({ indices: [1] })], [1, 3], [4, 5, 6]],
    ["zeroPadding", [2, 2], [zeroPadding({ axis: -1, before: 1 })], [2, 3], [0, 1, 2, 0, 3, 4]],
    ["zeroPadding of rows", [2, 2], [zeroPadding({ after: 1 })], [3, 2], [1, 2, 3, 4, 0, 0]],
    ["mean", [2, 3], [mean([0])], [3], [2.5, 3.5, 4.5]],
    ["mean of the middle", [2, 2, 2], [mean([1])], [2, 2], [2, 3, 6, 7]],
    ["mean with axes kept", [2, 3], [mean([-1], { keepAxes: true })], [2, 1], [2, 5]],
    ["mean of all", [2, 3], [mean([0, 1])], [1], [3.5]],
    ["globalAveragePooling", [2, 3], [globalAveragePooling()], [2], [2, 5]],
    ["globalMaxPooling", [2, 2, 2], [globalMaxPooling()], [2], [4, 8]],
    ["affine", [2, 2], [affine({ axes: [0], scale: [2, 3], shift: [0, 1] })], [2, 2], [2, 4, 10, 13]],
    ["affine of the last axis", [2, 2], [affine({ axes: [-1], shift: [10, 20] })], [2, 2], [11, 22, 13, 24]],
    ["affine of each", [2], [affine({ scale: [2, 3] })], [2], [2, 6]],
    ["add", [2], two(add()), [2], [11, 22]],
    ["subtract", [2], two(subtract()), [2], [-9, -18]],
    ["multiply", [2], two(multiply()), [2], [10, 40]],
    ["maximum", [2], two(maximum()), [2], [10, 20]],
    ["minimum", [2], two(minimum()), [2], [1, 2]],
    ["add, broadcast", [2, 2], [{ name: "means", layer: mean([1], { keepAxes: true }) }, { layer: add(), inputs: ["input", "means"] }], [2, 2], [2.5, 3.5, 6.5, 7.5]],
    ["subtract, broadcast over the front", [2, 2], [{ name: "means", layer: mean([0]) }, { layer: subtract(), inputs: ["input", "means"] }], [2, 2], [-1, -1, 1, 1]],
    ["concatenate", [2, 2], two(concatenate()), [4, 2], [1, 2, 3, 4, 10, 20, 30, 40]],
    ["concatenate along the last axis", [2, 2], two(concatenate({ axis: -1 })), [2, 4], [1, 2, 10, 20, 3, 4, 30, 40]],
    ["matrixProduct", [2, 2], two(matrixProduct()), [2, 2], [70, 100, 150, 220]],
    ["elementwise functions", [2], [elementwise("reciprocal"), elementwise("power", { exponent: -2 }), elementwise("squareRoot"), elementwise("logarithm")], [2], [0, Math.log(2)]],
    ["absolute", [2], [affine({ axes: [], scale: [-1] }), elementwise("absolute")], [2], [1, 2]],
    ["sine and cosine", [1], [elementwise("sine"), elementwise("cosine")], [1], [Math.cos(Math.sin(1))]],
    ["errorFunction", [1], [elementwise("errorFunction")], [1], [0.8427007929497149]],
  ])("%s", (_, shape, layers, expected, values) => {
    const model = network(shape, layers);
    // Two examples, the second with all numbers doubled: examples do not mix.
    const first = Array.from({ length: model.inputs }, (_, i) => i + 1);
    const outputs = forward(model, [first, first.map((x) => 2 * x)]);
    expect(model.outputShape).toEqual(expected);
    expectClose(outputs.getRow(0), values, 1e-14);
    expectClose(outputs.getRow(1), forward(model, [first.map((x) => 2 * x)]).getRow(0), 0);
  });

  it.each<[make: () => unknown, message: RegExp]>([
    [() => select({ indices: [] }), /^indices: expected a list of indices, got an empty array/],
    [() => select({ indices: [-1] }), /^indices\[0\]: expected a whole number of at least 0, got -1/],
    [() => network([2], [select({ indices: [2] })]), /^select1: indices: expected whole numbers from 0 to 1, as axis 0 has, got 2/],
    [() => zeroPadding({ before: -1 }), /^before: /],
    [() => mean([]), /^axes: expected a list of axes/],
    [() => network([2], [mean([1])]), /^mean1: axes: expected an axis of 2/],
    [() => elementwise("power"), /^exponent: expected a finite number, got undefined/],
    [() => elementwise("sine", { exponent: 2 }), /^options\.exponent: expected no options/],
    [() => elementwise("tan" as "sine"), /^name: expected one of "absolute"/],
  ])("has options checked: %#", (make, message) => expect(make).toThrow(message));
});
