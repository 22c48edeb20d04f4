import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { forward, mlp } from "laplace-ts";
import { readProblem, writeProblem, type Size } from "../../bench/problem.ts";

const folder = mkdtempSync(join(tmpdir(), "laplace-ts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const regression: Size = { sizes: [2, 3, 2], likelihood: "gaussian", examples: 400, points: 5 };
const classes: Size = { sizes: [2, 3, 3], likelihood: "categorical", examples: 400, points: 5 };

test("the file holds weights, inputs, targets and points, the same for the same seed", () => {
  const numbers = readProblem(writeProblem(regression, join(folder, "a")));
  expect([numbers.parameters, numbers.inputs, numbers.targets, numbers.points].map(({ length }) => length)).toEqual([17, 800, 800, 10]);
  expect(numbers).toEqual(readProblem(writeProblem(regression, join(folder, "b"))));
  expect(numbers).not.toEqual(readProblem(writeProblem(regression, join(folder, "c"), 2)));
});

test("targets come from the network in the file, with the problem's noise", () => {
  const problem = writeProblem(regression, join(folder, "d"));
  const { parameters, inputs, targets } = readProblem(problem);
  const outputs = forward(mlp([2, 3, 2], { parameters }), { data: inputs, shape: [400, 2] }).to1DArray();
  const variance = outputs.reduce((sum, f, i) => sum + (targets[i] - f) ** 2, 0) / outputs.length;
  expect(Math.sqrt(variance)).toBeGreaterThan(0.9 * problem.noise);
  expect(Math.sqrt(variance)).toBeLessThan(1.1 * problem.noise);
});

test("labels are classes, drawn with the network's probabilities", () => {
  const { parameters, inputs, targets } = readProblem(writeProblem(classes, join(folder, "e")));
  expect(new Set(targets)).toEqual(new Set([0, 1, 2]));
  const logits = forward(mlp([2, 3, 3], { parameters }), { data: inputs, shape: [400, 2] });
  const average = (k: number): number => logits.to2DArray().reduce((sum, f) => sum + Math.exp(f[k]) / f.reduce((all, g) => all + Math.exp(g), 0), 0) / 400;
  for (const k of [0, 1, 2]) expect(Math.abs(targets.filter((t) => t === k).length / 400 - average(k))).toBeLessThan(0.08);
});
