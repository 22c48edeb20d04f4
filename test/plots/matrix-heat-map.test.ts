import { Matrix } from "ml-matrix";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { mlp } from "../../src/model/mlp.ts";
import { COLOR, matrixHeatMap } from "../../src/plots.ts";

/** Drawn entries of each sign, as [row, column, opacity]; of the first matrix unless told. */
function entries(svg: string, sign: "blue" | "orange"): number[][] {
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  return Array.from(document.querySelectorAll(`g[fill="${COLOR[sign]}"] > path`)).map((path) => {
    const [, column, row] = /^M(\d+),(\d+)h1v1h-1z$/.exec(path.getAttribute("d")!)!;
    return [Number(row), Number(column), Number(path.getAttribute("opacity"))];
  });
}

describe("matrixHeatMap", () => {
  const matrix = new Matrix([[8, -2, 0], [-2, 4, 0.004], [0, 0.004, 1]]);

  it("draws what is not zero, by its sign, as strong as it is large", () => {
    const svg = matrixHeatMap(matrix);
    expect(entries(svg, "blue")).toEqual([[0, 0, 1], [1, 1, 0.5], [2, 2, 0.13]]);
    expect(entries(svg, "orange")).toEqual([[0, 1, 0.25], [1, 0, 0.25]]);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("goes by powers of ten if asked, and leaves out what is smaller", () => {
    const powers = new Matrix([[100, -10], [1, 0.09]]);
    const svg = matrixHeatMap(powers, { decades: 3 });
    expect(entries(svg, "blue")).toEqual([[0, 0, 1], [1, 0, 0.33]]);
    expect(entries(svg, "orange")).toEqual([[0, 1, 0.67]]);
  });

  it("puts several matrices on one scale, with their names and those of the tensors", () => {
    const { tensors } = mlp([1, 1]);
    const svg = matrixHeatMap({ "a < b": Matrix.diag([4, 2]), small: Matrix.diag([1, 0]) }, { tensors, label: "curvature" });
    expect(entries(svg, "blue")).toEqual([[0, 0, 1], [1, 1, 0.5], [0, 0, 0.25]]);
    for (const text of ["a &lt; b", "small", "layer1.weights", "layer1.biases", "curvature"]) expect(svg).toContain(`>${text}</text>`);
  });

  it("draws a matrix of zeros as blank", () => {
    for (const decades of [undefined, 2]) expect(entries(matrixHeatMap(Matrix.zeros(2, 2), decades === undefined ? {} : { decades }), "blue")).toEqual([]);
  });

  it("refuses what it cannot draw", () => {
    expect(() => matrixHeatMap([[1]] as never)).toThrow(/^matrices: expected finite matrices/);
    expect(() => matrixHeatMap({})).toThrow(/^matrices: .*Pass a Matrix/);
    expect(() => matrixHeatMap(new Matrix([[NaN]]))).toThrow(/^matrices: .*not finite/);
    expect(() => matrixHeatMap(Matrix.zeros(201, 201))).toThrow(/got 201 x 201/);
    expect(() => matrixHeatMap(matrix, { tensors: mlp([1, 1]).tensors })).toThrow(/^tensors: expected the tensors of a model of 3 weights, .* got 2 weights/);
    expect(() => matrixHeatMap(matrix, { decades: 0 })).toThrow(/^decades: expected a finite number above 0/);
    expect(() => matrixHeatMap(matrix, { scale: "log" } as never)).toThrow(/unknown option "scale"/);
  });
});
