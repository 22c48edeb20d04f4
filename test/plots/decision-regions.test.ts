import { Matrix } from "ml-matrix";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { sigmoid } from "../../src/sigmoid.ts";
import { COLOR, decisionRegions, type DecisionRegions } from "../../src/plots.ts";

const plane = { x: [-2, 2], y: [-1, 3], labels: { x: "length (m)", y: "mass (kg)" } } as const;
const steep = (inputs: readonly (readonly number[])[]): Matrix => Matrix.columnVector(inputs.map(([a]) => sigmoid(50 * a)));

/** Numbers of a path's horizontal places, for all contours of a colour. */
function placesOf(svg: string, color: string): number[] {
  const parsed = parseHTML(`<html><body>${svg}</body></html>`).document;
  const paths = Array.from(parsed.querySelectorAll(`[aria-label="contour"][fill="${color}"] path, [aria-label="contour"] path[fill="${color}"]`));
  return paths.flatMap((path) => Array.from((path.getAttribute("d") ?? "").matchAll(/[ML]([-\d.]+),/g), ([, x]) => Number(x)));
}

describe("decisionRegions", () => {
  it("shades each class on its side, with data, axes and legend", async () => {
    const svg = await decisionRegions({ ...plane, probabilities: steep, data: { inputs: [[-1, 0], [1, 1], [1.5, 2]], labels: [0, 1, 1] }, classes: ["short", "long"] });
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    for (const text of ["length (m)", "mass (kg)", "short", "long", "surer than 50, 70, 90, 99 %"]) expect(svg).toContain(`>${text}</text>`);
    const [zero, one] = [placesOf(svg, COLOR.blue), placesOf(svg, COLOR.orange)];
    expect(zero.length).toBeGreaterThan(0);
    expect(Math.max(...zero)).toBeLessThan(Math.min(...one) + 10);
    expect(Math.min(...zero)).toBeLessThan(Math.min(...one));
    const parsed = parseHTML(`<html><body>${svg}</body></html>`).document;
    expect(Array.from(parsed.querySelectorAll('[aria-label="dot"]'), (dots) => dots.children.length)).toEqual([1, 2]);
  });

  it("takes several classes, and shades none where none has one half", async () => {
    const third = (inputs: readonly unknown[]): Matrix => Matrix.ones(inputs.length, 3).div(3);
    const svg = await decisionRegions({ ...plane, probabilities: third });
    expect(svg).toContain(">class 2</text>");
    expect([COLOR.blue, COLOR.orange, COLOR.green].flatMap((color) => placesOf(svg, color))).toEqual([]);
  });

  it("asks for probabilities within the plane", async () => {
    let seen: readonly (readonly number[])[] = [];
    await decisionRegions({ ...plane, probabilities: (inputs) => Promise.resolve(steep((seen = inputs))) });
    expect(seen.every(([a, b]) => a > -2 && a < 2 && b > -1 && b < 3)).toBe(true);
  });

  it("refuses what it cannot draw", async () => {
    const refused = (changes: Partial<Record<keyof DecisionRegions, unknown>>) => expect(decisionRegions({ ...plane, probabilities: steep, ...changes } as DecisionRegions)).rejects;
    await refused({ probabilities: Matrix.ones(3, 1) }).toThrow(/^probabilities: expected a function from 6400 inputs to probabilities .*As async \(inputs\) => \(await predict\(posterior, inputs\)\)\.probability\.$/);
    await refused({ probabilities: undefined }).toThrow(/^probabilities: expected a function .*got undefined/);
    await refused({ probabilities: () => [0.5] }).toThrow(/^probabilities: expected a function/);
    await refused({ probabilities: () => Matrix.ones(3, 1) }).toThrow(/got 3 x 1/);
    await refused({ probabilities: (inputs: unknown[]) => Matrix.ones(inputs.length, 1).mul(1.5) }).toThrow(/got a value of 1.5/);
    await refused({ x: [1, -1] }).toThrow(/^x: expected both ends/);
    await refused({ classes: ["one"] }).toThrow(/^classes: expected 2 names/);
    await refused({ labels: { x: "length (m)" } }).toThrow(/^labels\.y: /);
    await refused({ data: { inputs: [[0, NaN]], labels: [1] } }).toThrow(/^data: .*rows of two numbers/);
    await refused({ data: { inputs: [[0, 0, 0]], labels: [1] } }).toThrow(/^data: .*rows of two numbers/);
    await refused({ data: { inputs: [[0, 0]], labels: [2] } }).toThrow(/^data: .*from 0 to 1/);
  });
});
