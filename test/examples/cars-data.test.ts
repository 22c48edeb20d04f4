import { describe, expect, it } from "vitest";
import { INPUTS, loadCars, split } from "../../examples/cars-data.ts";

describe("the cars", async () => {
  const { cars, dropped } = await loadCars();

  it("are those of which nothing is missing", () => {
    expect([cars.inputs.length, cars.targets.length, dropped]).toEqual([392, 392, 14]);
    expect(cars.inputs.every((row) => row.length === INPUTS.length && row.every(Number.isFinite))).toBe(true);
  });

  it("begin with the table's first row, its year a number", () => {
    expect(cars.inputs[0]).toEqual([130, 3504, 307, 12, 1970, 8]);
    expect(cars.targets[0]).toBe(18);
  });

  it("are split without loss, in an order that depends on the seed alone", () => {
    const { training, heldOut } = split(cars, 300, 1);
    expect([training.targets.length, heldOut.targets.length]).toEqual([300, 92]);
    const rows = (parts: readonly (typeof cars)[]): string[] => parts.flatMap(({ inputs, targets }) => inputs.map((row, n) => JSON.stringify([row, targets[n]])));
    expect(rows([training, heldOut]).sort()).toEqual(rows([cars]).sort());
    expect(split(cars, 300, 1)).toEqual({ training, heldOut });
    expect(split(cars, 300, 2).training).not.toEqual(training);
  });
});
