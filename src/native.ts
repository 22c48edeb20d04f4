/**
 * Large operations of the linear algebra by a BLAS and LAPACK library of the system, under Node and Deno.
 *
 * @module laplace-ts/native
 * @category Reference
 */

import { UnsupportedError, describe, InvalidArgumentError, knownOptions, wholeNumber } from "./errors.ts";
import { setNativeKernels } from "./linalg/kernels.ts";
import { nativeKernels } from "./native/kernels.ts";
import { openLibrary } from "./native/open-library.ts";

/**
 * What {@link useNativeKernels} takes.
 *
 * @category Kernels
 */
export interface NativeOptions {
  /** The path or name of the library; unless given, OpenBLAS is looked for in its usual places, and then Apple's Accelerate. */
  readonly library?: string | undefined;
  /** On how many threads OpenBLAS works; unless given, as it is set up: on all cores, or on `OPENBLAS_NUM_THREADS`. */
  readonly threads?: number | undefined;
}

/**
 * What {@link useNativeKernels} found.
 *
 * @category Kernels
 */
export interface NativeLibrary {
  /** The path or name under which the library was opened. */
  readonly library: string;
}

/** Where OpenBLAS is on Linux, macOS and Windows, and where Accelerate is; names without a directory are the system's to find. */
const usualPlaces = [
  "libopenblas.so.0",
  "libopenblas.so",
  ...["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/openblas-pthread/libopenblas.so.0`),
  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  "/usr/local/opt/openblas/lib/libopenblas.dylib",
  "/System/Library/Frameworks/Accelerate.framework/Accelerate",
  "libopenblas.dll",
  "openblas.dll",
];

/**
 * Opens a library with BLAS and LAPACK (OpenBLAS, or another with the same functions and 32-bit integers) and has it do the
 * large operations of the dense linear algebra from now on: products, Cholesky factors, triangular solves and inverses, symmetric
 * eigenvalues and eigenvectors. Matrices are worked on where they are. Results agree with those of the other kernels to rounding.
 *
 * Node calls the library through [koffi](https://koffi.dev) (`npm install koffi`), Deno by itself if it is run with
 * `--allow-ffi`. `setKernels("webassembly")` does without it again. Each worker calls this function for itself.
 *
 * `npm run bench:kernels` compares all kernels with each other, with ml-matrix, and with OpenBLAS called from NumPy.
 *
 * @param options - the library, and its threads
 * @returns what was opened
 * @throws {@link UnsupportedError} if there is no such library, koffi or permission, saying what to install; or if `threads` is given and
 * the library is not OpenBLAS. The kernels are then as before
 *
 * @example
 * ```ts
 * import { setKernels, UnsupportedError } from "laplace-ts";
 * import { useNativeKernels } from "laplace-ts/native";
 *
 * try {
 *   await useNativeKernels({ threads: 1 });
 * } catch (error) {
 *   if (!(error instanceof UnsupportedError)) throw error; // else no library is here, and WebAssembly goes on
 * }
 * setKernels("webassembly"); // as it was
 * ```
 *
 * @category Kernels
 */
export async function useNativeKernels(options: NativeOptions = {}): Promise<NativeLibrary> {
  knownOptions("options", options, ["library", "threads"]);
  const { library, threads } = options;
  if (library !== undefined && (typeof library !== "string" || library === "")) {
    throw new InvalidArgumentError({ argument: "options.library", expected: "the path or name of a library", received: describe(library) });
  }
  if (threads !== undefined) wholeNumber("options.threads", threads, 1);
  const { path, functions } = await openLibrary(library === undefined ? usualPlaces : [library]);
  if (threads !== undefined) {
    if (!functions.openblas_set_num_threads) {
      throw new UnsupportedError(`The threads of ${path} cannot be set because it is not OpenBLAS. Leave the option \`threads\` out.`);
    }
    functions.openblas_set_num_threads(threads);
  }
  setNativeKernels(nativeKernels(functions));
  return { library: path };
}
