import { describe, expect, it } from "vitest";
import { logGamma, logPeakOfPoisson } from "../../src/likelihood/log-gamma.ts";
import { expectClose } from "../support/close.ts";

describe("logGamma", () => {
  it("of whole numbers is the log of a factorial", () => {
    let logFactorial = 0;
    for (let n = 1; n <= 300; n++) {
      logFactorial += Math.log(n);
      expectClose([logGamma(n + 1)], [logFactorial], 1e-14);
    }
  });

  it("gives the peak of a Poisson distribution", () => {
    for (const n of [0, 1, 3, 15, 16, 200]) expectClose([logPeakOfPoisson(n)], [n * Math.log(n || 1) - n - logGamma(n + 1)], 1e-12);
    // Where the terms cancel: sqrt(2 pi n) times the peak is 1 - 1/12n.
    expectClose([Math.exp(logPeakOfPoisson(1e12)) * Math.sqrt(2 * Math.PI * 1e12)], [1], 1e-12);
  });

  it("agrees with Gamma(1/2) = sqrt(pi) and the duplication formula", () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14);
    for (const x of [1e-3, 0.3, 1.7, 8.2, 40.5, 1e4]) {
      expectClose([logGamma(x) + logGamma(x + 0.5)], [(1 - 2 * x) * Math.LN2 + 0.5 * Math.log(Math.PI) + logGamma(2 * x)], 1e-14);
    }
  });
});
