import { afterEach, describe, expect, test, vi } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { cholesky } from "../../src/linalg/cholesky.ts";
import { accelerator, availableKernels, mustDivide, setKernels, thresholds, type Kernels } from "../../src/linalg/kernels.ts";
import { relaxed, simd } from "../../src/linalg/webassembly/binary.ts";
import { bytesOf } from "../../src/linalg/webassembly/instance.ts";
import { naiveProduct, positiveDefinite, scaledDifference, transpose } from "./matrices.ts";


/** The library's kernels, loaded afresh into the engine as it is stubbed. */
async function freshKernels() {
  vi.resetModules();
  const kernels = await import("../../src/linalg/kernels.ts");
  const { cholesky } = await import("../../src/linalg/cholesky.ts");
  return { ...kernels, cholesky };
}

function expectFactor(factorize: typeof cholesky, n: number) {
  const a = positiveDefinite(n, 10, 1);
  const l = a.slice();
  expect(factorize(l, n)).toBe(-1);
  expect(scaledDifference(naiveProduct(l, transpose(l, n, n), n, n, n), a, n)).toBeLessThan(3);
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  setKernels("automatic");
});

describe("the choice of kernels", () => {
  test("there are those that the engine can run", () => {
    const expected = ["typescript"];
    if (WebAssembly.validate(bytesOf(simd))) expected.push("webassembly");
    if (WebAssembly.validate(bytesOf(relaxed))) expected.push("webassembly-relaxed");
    expect(availableKernels()).toEqual(expected);
    expect(expected).toContain("webassembly");
  });

  test.each(["automatic", ...availableKernels()] as Kernels[])("%s goes to WebAssembly as it says", (kernels) => {
    setKernels(kernels);
    expect(accelerator(1e9, 1e6) !== undefined).toBe(kernels !== "typescript");
    expect(mustDivide(thresholds.copies + 1)).toBe(kernels !== "typescript");
    expect(mustDivide(thresholds.copies)).toBe(false);
  });

  test("small operations, and those that mostly copy, stay with TypeScript", () => {
    const { multiplications, multiplicationsPerCopy, copies } = thresholds;
    expect(accelerator(multiplications, 1)).toBeDefined();
    expect(accelerator(multiplications - 1, 1)).toBeUndefined();
    expect(accelerator(multiplicationsPerCopy * 1e6, 1e6)).toBeDefined();
    expect(accelerator(multiplicationsPerCopy * 1e6 - 1, 1e6)).toBeUndefined();
    expect(accelerator(1e15, copies + 1)).toBeUndefined();
  });

  test("the kernels that are chosen compute: their results differ in rounding at most", () => {
    const n = 150;
    const a = positiveDefinite(n, 10, 2);
    const factors = availableKernels().map((kernels) => {
      setKernels(kernels);
      const l = a.slice();
      cholesky(l, n);
      return l;
    });
    for (const factor of factors) expect(scaledDifference(factor, factors[0], n)).toBeLessThan(1);
  });

  test("native kernels are not there before they are loaded", () => {
    expect(() => setKernels("native")).toThrow(expect.objectContaining({ name: "UnsupportedError", message: expect.stringContaining("useNativeKernels") as string }));
    expect(accelerator(1e9, 1e6)?.reserve).toBeDefined();
  });

  test("refuses an unknown name", () => {
    expect(() => setKernels("fortran" as Kernels)).toThrow(InvalidArgumentError);
    expect(() => setKernels(undefined as unknown as Kernels)).toThrow(/kernels: expected one of "automatic", .*"native"/);
  });
});

describe("engines that cannot run WebAssembly", () => {
  /** WebAssembly as it is, but for a compiler that refuses. */
  const refusing = (message: string): unknown => {
    const error = new WebAssembly.CompileError(message);
    const compile = vi.fn(function () {
      throw error;
    });
    return Object.create(WebAssembly, { Module: { value: compile } });
  };

  test.each<[string, unknown]>([
    ["without it", undefined],
    ["whose policy forbids to compile", refusing("Refused to compile: 'wasm-unsafe-eval' is not allowed by the content security policy")],
    ["without SIMD", refusing("invalid opcode 0xfd")],
  ])("%s: computes in TypeScript, and says so when asked", async (_, engine) => {
    vi.stubGlobal("WebAssembly", engine);
    const kernels = await freshKernels();
    expect(kernels.availableKernels()).toEqual(["typescript"]);
    for (const name of ["webassembly", "webassembly-relaxed"] as const) {
      expect(() => kernels.setKernels(name)).toThrow(expect.objectContaining({ name: "UnsupportedError" }));
    }
    expect(kernels.accelerator(1e9, 1e6)).toBeUndefined();
    expect(kernels.mustDivide(Infinity)).toBe(false);
    expectFactor(kernels.cholesky, 60);
  });

  test("without memory for the operands an operation is TypeScript's", async () => {
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
      throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    });
    const { accelerator, cholesky } = await freshKernels();
    expect(accelerator(1e9, 1e3)).toBeDefined();
    expect(accelerator(1e9, 1e6)).toBeUndefined();
    expectFactor(cholesky, 400);
    expect(grow).toHaveBeenCalled();
  });
});
