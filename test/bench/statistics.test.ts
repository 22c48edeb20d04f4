import { expect, test } from "vitest";
import { meanAndError, median, medians } from "../../bench/statistics.ts";
import fc from "../support/fast-check.ts";

test("the median is the value in the middle, or the mean of the two", () => {
  expect(median([3])).toBe(3);
  expect(median([10, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test("as many values lie below the median as above it, and the values stay in their order", () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, (list) => {
      const before = [...list];
      const middle = median(list);
      const half = list.length / 2;
      expect(list.filter((value) => value < middle).length).toBeLessThanOrEqual(half);
      expect(list.filter((value) => value > middle).length).toBeLessThanOrEqual(half);
      expect(list).toEqual(before);
    }),
  );
});

test("records have their medians entry by entry", () => {
  const records = [{ fit: 1, predict: 9 }, { fit: 2, predict: 7 }, { fit: 6, predict: 8 }];
  expect(medians(records)).toEqual({ fit: 2, predict: 8 });
});

test("a mean comes with the standard deviation over the root of the number", () => {
  const { mean, error } = meanAndError([1, 2, 6]);
  expect(mean).toBe(3);
  expect(error).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2 / 3), 12);
  expect(meanAndError([4]).error).toBeNaN();
  expect(() => meanAndError([])).toThrow(RangeError);
});
