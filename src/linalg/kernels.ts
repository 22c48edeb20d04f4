import { InvalidArgumentError, UnsupportedError } from "../errors.ts";
import type { Accelerator } from "./accelerator.ts";
import { relaxed, simd } from "./webassembly/binary.ts";
import { instantiate } from "./webassembly/instance.ts";

/**
 * Which kernels do the dense linear algebra:
 *
 * - `"automatic"`: for operations that are large enough to pay for it the native library, if it is loaded, else WebAssembly with
 *   128-bit SIMD, where the engine has it; TypeScript for all others;
 * - `"typescript"`: TypeScript for everything;
 * - `"webassembly"`: WebAssembly for large operations, and an error where the engine cannot run it;
 * - `"webassembly-relaxed"`: the same with relaxed SIMD, which multiplies and adds in one step and is faster (`npm run bench:kernels` tells how much). How that
 *   step rounds is up to the engine, so the last digits may differ between machines. Node 22 and later, Deno, current browsers;
 * - `"native"`: OpenBLAS or another library of the system for large operations, once `useNativeKernels` of `laplace-ts/native`
 *   has loaded it: the fastest. Its threads and its rounding are the library's own.
 *
 * @category Kernels
 */
export type Kernels = "automatic" | "typescript" | "webassembly" | "webassembly-relaxed" | "native";

const binaries = { webassembly: simd, "webassembly-relaxed": relaxed };
const instances = new Map<keyof typeof binaries, Accelerator | undefined>();
const accelerated = [...(Object.keys(binaries) as (keyof typeof binaries)[]), "native"] as const;

let native: Accelerator | undefined;
let chosen: Kernels = "automatic";
let active: Accelerator | undefined;
let decided = false;

/**
 * When an operation goes to faster kernels; tests lower the numbers to reach every path with small matrices.
 *
 * @internal
 */
export const thresholds = {
  /** The least number of multiplications. */
  multiplications: 8_000,
  /** The least number of multiplications for each number copied in or out, of kernels that copy. */
  multiplicationsPerCopy: 2,
  /** The most numbers that are copied for one operation, 128 MB; larger operations are divided. */
  copies: 2 ** 24,
};

/**
 * Sets which kernels do the dense linear algebra, for all that this copy of the library computes from now on. The results agree to
 * rounding. A page whose content security policy lacks `wasm-unsafe-eval` cannot use WebAssembly, and `"automatic"` then stays
 * with TypeScript.
 *
 * @param kernels - `"automatic"` unless set
 * @throws {@link UnsupportedError} if kernels are asked for that the engine cannot run or that are not loaded; the choice is then as before
 *
 * @example
 * ```ts
 * import { availableKernels, setKernels } from "laplace-ts";
 *
 * if (availableKernels().includes("webassembly-relaxed")) setKernels("webassembly-relaxed");
 * setKernels("automatic"); // as it was
 * ```
 *
 * @category Kernels
 */
export function setKernels(kernels: Kernels): void {
  if (kernels !== "automatic" && kernels !== "typescript") {
    if (!accelerated.includes(kernels)) {
      const names = ["automatic", "typescript", ...accelerated].map((name) => JSON.stringify(name)).join(", ");
      throw new InvalidArgumentError({ argument: "kernels", expected: `one of ${names}`, received: JSON.stringify(kernels) ?? "undefined" });
    }
    if (!instance(kernels)) {
      throw new UnsupportedError(
        kernels === "native"
          ? 'No native library is loaded: await useNativeKernels(), which "laplace-ts/native" exports, instead.'
          : `This engine cannot run the kernels "${kernels}". Ask availableKernels() for those it can, or use "automatic".`,
      );
    }
  }
  chosen = kernels;
  decided = false;
}

/**
 * What {@link setKernels} was told last, for other threads: each of them would have to load a native library for itself, so
 * `"native"` is `"automatic"` there.
 *
 * @internal
 */
export function chosenKernels(): Exclude<Kernels, "native"> {
  return chosen === "native" ? "automatic" : chosen;
}

/**
 * The kernels that this engine can run, the slowest first: `"typescript"` everywhere, `"native"` once its library is loaded.
 *
 * @category Kernels
 * @example
 * ```ts
 * import { availableKernels, setKernels } from "laplace-ts";
 * if (availableKernels().includes("webassembly")) setKernels("webassembly");
 * setKernels("automatic"); // the default
 * ```
 */
export function availableKernels(): readonly Exclude<Kernels, "automatic">[] {
  return ["typescript", ...accelerated.filter((kernels) => instance(kernels))];
}

/**
 * Takes the kernels of a native library in, and chooses them.
 *
 * @internal
 */
export function setNativeKernels(kernels: Accelerator): void {
  native = kernels;
  setKernels("native");
}

/**
 * The faster kernels, if an operation of so many multiplications that needs so many numbers copied in and out is for them.
 *
 * @internal
 */
export function accelerator(multiplications: number, copies: number): Accelerator | undefined {
  if (multiplications < thresholds.multiplications) return undefined;
  const kernels = activeKernels();
  if (!kernels?.reserve) return kernels;
  const { multiplicationsPerCopy, copies: most } = thresholds;
  return multiplications >= multiplicationsPerCopy * copies && copies <= most && kernels.reserve(copies) ? kernels : undefined;
}

/**
 * Whether an operation is for the faster kernels once it is divided into parts that copy fewer numbers.
 *
 * @internal
 */
export function mustDivide(copies: number): boolean {
  return copies > thresholds.copies && activeKernels()?.reserve !== undefined;
}

/** WebAssembly is compiled at its first use, so that importing the library costs nothing. */
function activeKernels(): Accelerator | undefined {
  if (!decided) {
    active = chosen === "typescript" ? undefined : chosen === "automatic" ? (native ?? instance("webassembly")) : instance(chosen);
    decided = true;
  }
  return active;
}

function instance(kernels: (typeof accelerated)[number]): Accelerator | undefined {
  if (kernels === "native") return native;
  if (!instances.has(kernels)) instances.set(kernels, instantiate(binaries[kernels]));
  return instances.get(kernels);
}
