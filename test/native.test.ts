import { afterEach, describe, expect, test, vi } from "vitest";
import { InvalidArgumentError, UnsupportedError } from "../src/errors.ts";
import { cholesky } from "../src/linalg/cholesky.ts";
import { accelerator, availableKernels, mustDivide, setKernels } from "../src/linalg/kernels.ts";
import { useNativeKernels, type NativeOptions } from "../src/native.ts";
import { naiveProduct, positiveDefinite, scaledDifference, transpose } from "./linalg/matrices.ts";
import { nativeLibrary } from "./support/native-library.ts";

const failure = async (options?: NativeOptions): Promise<Error> =>
  useNativeKernels(options).then(
    () => new Error("it did not fail"),
    (error: unknown) => error as Error,
  );

/** An engine with the part of Deno that opens libraries. */
const denoWith = (dlopen: (path: string, symbols: Record<string, unknown>) => unknown) => ({ dlopen });

afterEach(() => {
  vi.doUnmock("koffi");
  vi.unstubAllGlobals();
  setKernels("automatic");
});

describe("without a library", () => {
  test("the error names what was tried and what to install, and the kernels stay as they were", async () => {
    const before = availableKernels();
    setKernels("webassembly");
    const error = await failure({ library: "/nowhere/libopenblas.so" });
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toMatch(/^No library with BLAS and LAPACK could be opened at \/nowhere\/libopenblas\.so \(.+\)\. Install one .*apt install libopenblas0/);
    expect(availableKernels()).toEqual(before);
    expect(accelerator(1e9, 1e6)?.reserve).toBeDefined();
  });

  test("a library without the functions is not taken, and the next one is tried", async () => {
    const tried: string[] = [];
    vi.stubGlobal("Deno", denoWith((path, symbols) => {
      tried.push(path);
      return { symbols: Object.fromEntries(Object.keys(symbols).map((name) => [name, name === "dsyevd_" ? null : () => undefined])) };
    }));
    expect((await failure()).message).toContain("lacks dsyevd_");
    expect(tried.length).toBeGreaterThan(3);
    expect(tried[0]).toBe("libopenblas.so.0");
  });

  test("without permission Deno's option is named", async () => {
    vi.stubGlobal("Deno", denoWith(() => {
      throw Object.assign(new Error("Requires ffi access"), { name: "NotCapable" });
    }));
    const error = await failure();
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toContain("--allow-ffi");
  });

  test("without koffi Node is told to install it", async () => {
    vi.stubGlobal("Deno", undefined);
    vi.doMock("koffi", () => {
      throw new Error("Cannot find package 'koffi'");
    });
    const error = await failure();
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toContain("npm install koffi");
  });

  test("threads are refused where they cannot be set", async () => {
    vi.stubGlobal("Deno", denoWith((_, symbols) => ({
      symbols: Object.fromEntries(Object.keys(symbols).map((name) => [name, name.startsWith("openblas") ? null : () => undefined])),
    })));
    const before = availableKernels();
    expect((await failure({ library: "Accelerate", threads: 2 })).message).toContain("The threads of Accelerate cannot be set");
    expect(availableKernels()).toEqual(before);
  });

  test.each<[string, unknown]>([["library", 3], ["library", ""], ["threads", 0], ["threads", 1.5], ["thread", 1]])("options: %s may not be %s", async (name, value) => {
    const error = await failure({ [name]: value });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument: `options.${name}` });
  });
});

describe.skipIf(nativeLibrary.missing)(`with a library${nativeLibrary.missing === undefined ? "" : `, which is not here: ${nativeLibrary.missing}`}`, () => {
  test("it is the fastest, works in place, and is chosen", async () => {
    expect(availableKernels().at(-1)).toBe("native");
    setKernels("webassembly");
    expect(accelerator(1e9, 1e6)?.reserve).toBeDefined();
    expect((await useNativeKernels({ library: nativeLibrary.library, threads: 1 })).library).toBe(nativeLibrary.library);
    for (const kernels of ["native", "automatic"] as const) {
      setKernels(kernels);
      const fast = accelerator(1e9, 1e15);
      expect(fast).toBeDefined();
      expect(fast?.reserve).toBeUndefined();
      expect(mustDivide(Infinity)).toBe(false);
    }
    setKernels("typescript");
    expect(accelerator(1e9, 1e6)).toBeUndefined();
  });

  test("it computes", () => {
    setKernels("native");
    const n = 150;
    const a = positiveDefinite(n, 10, 1);
    const l = a.slice();
    expect(cholesky(l, n)).toBe(-1);
    expect(scaledDifference(naiveProduct(l, transpose(l, n, n), n, n, n), a, n)).toBeLessThan(3);
  });
});
