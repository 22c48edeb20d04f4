import { describe, expect, test } from "vitest";
import { ARM_NOISE, FRIEDMAN_NOISE, distractedRobotArm, friedman, friedmanFunction, hand, robotArm } from "../../examples/known-functions.ts";

const COUNT = 4000;

describe("the robot arm", () => {
  const { inputs, targets } = robotArm(COUNT, 1);

  test("has its joints where they belong", () => {
    expect(hand(0, 0)).toEqual([3.3, 0]);
    const [x, y] = hand(Math.PI / 2, -Math.PI / 2);
    expect([x, y]).toEqual([expect.closeTo(1.3, 12), expect.closeTo(2, 12)]);
  });

  test("moves within its range, to both sides", () => {
    const shoulders = inputs.map(([shoulder]) => Math.abs(shoulder));
    const elbows = inputs.map(([, elbow]) => elbow);
    for (const [values, low, high] of [[shoulders, 0.453, 1.932], [elbows, 0.534, 3.142]] as const) {
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(mean(values)).toBeCloseTo((low + high) / 2, 1);
    }
    expect(mean(inputs.map(([shoulder]) => Math.sign(shoulder)))).toBeCloseTo(0, 1);
  });

  test("is where the angles say, with noise of the given size in both coordinates", () => {
    for (const k of [0, 1]) {
      const noise = targets.map((target, n) => target[k] - hand(inputs[n][0], inputs[n][1])[k]);
      expect(Math.abs(mean(noise))).toBeLessThan(4 * (ARM_NOISE / Math.sqrt(COUNT)));
      expect(Math.sqrt(mean(noise.map((e) => e ** 2))) / ARM_NOISE).toBeCloseTo(1, 1);
    }
  });

  test("is the same again for the same seed, and another for another", () => {
    expect(robotArm(5, 1)).toEqual({ inputs: inputs.slice(0, 5), targets: targets.slice(0, 5) });
    expect(robotArm(5, 2).inputs).not.toEqual(inputs.slice(0, 5));
  });

  test("distracted, it has copies of the angles with noise of 0.02 and two columns of standard normal noise", () => {
    const distracted = distractedRobotArm(COUNT, 1);
    expect(distracted.targets).toEqual(targets);
    expect(distracted.inputs.map((row) => row.slice(0, 2))).toEqual(inputs);
    for (const [column, of, size] of [[2, 0, 0.02], [3, 1, 0.02], [4, undefined, 1], [5, undefined, 1]] as const) {
      const noise = distracted.inputs.map((row) => row[column] - (of === undefined ? 0 : row[of]));
      expect(Math.sqrt(mean(noise.map((e) => e ** 2))) / size).toBeCloseTo(1, 1);
    }
  });
});

describe("Friedman's function", () => {
  const { inputs, targets } = friedman(COUNT, 1);

  test("has the values of its formula, whatever the last five inputs", () => {
    expect(friedmanFunction([0.5, 1, 0, 0, 0])).toBeCloseTo(15, 12);
    expect(friedmanFunction([0, 0, 0.5, 0.3, 0.2, 9, 9, 9, 9, 9])).toBeCloseTo(4, 12);
  });

  test("has ten inputs between 0 and 1 and noise of 1", () => {
    expect(new Set(inputs.map((row) => row.length))).toEqual(new Set([10]));
    const values = inputs.flat();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const noise = targets.map(([target], n) => target - friedmanFunction(inputs[n]));
    expect(Math.sqrt(mean(noise.map((e) => e ** 2))) / FRIEDMAN_NOISE).toBeCloseTo(1, 1);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
