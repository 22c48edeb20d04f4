import { afterAll, beforeAll, describe } from "vitest";
import { availableKernels, setKernels, thresholds, type Kernels } from "../../src/linalg/kernels.ts";
import { nativeLibrary } from "../support/native-library.ts";

const automatic = { ...thresholds };
/** All but empty matrices. */
const everything = { multiplications: 0.1, multiplicationsPerCopy: 0 };

interface Case {
  readonly name: string;
  readonly kernels: Kernels;
  readonly limits: Partial<typeof thresholds>;
}

const rows: Case[] = availableKernels().map((kernels) => ({ name: kernels, kernels, limits: kernels === "typescript" ? {} : everything }));

/** One row for each kind of kernels that the engine can run, with matrices of every size, and one with little memory. */
const cases = availableKernels().includes("webassembly")
  ? [...rows, { name: "webassembly, divided operations", kernels: "webassembly" as const, limits: { ...everything, copies: 3000 } }]
  : rows;

/** Declares a suite that must pass whichever kernels do the work. */
export function describeEveryKernel(suite: () => void): void {
  describe.each(cases)("$name:", ({ kernels, limits }) => {
    beforeAll(() => {
      setKernels(kernels);
      Object.assign(thresholds, limits);
    });
    afterAll(() => {
      setKernels("automatic");
      Object.assign(thresholds, automatic);
    });
    suite();
  });
  if (nativeLibrary.missing !== undefined) describe.skip(`native, which cannot be tested here: ${nativeLibrary.missing}`, suite);
}
