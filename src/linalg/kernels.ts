import { InvalidArgumentError, UnsupportedError } from "../errors.ts";
import { relaxed, simd } from "./webassembly/binary.ts";
import { instantiate, type WebAssemblyKernels } from "./webassembly/instance.ts";

/**
 * Which kernels do the dense linear algebra:
 *
 * - `"automatic"`: WebAssembly with 128-bit SIMD where the engine has it and the operation is large enough to pay for
 *   copying its matrices, else TypeScript;
 * - `"typescript"`: TypeScript for everything;
 * - `"webassembly"`: as `"automatic"`, but an error where the engine cannot run it;
 * - `"webassembly-relaxed"`: the same with relaxed SIMD, which multiplies and adds in one step and is faster (`npm run bench:kernels` tells how much). How that
 *   step rounds is up to the engine, so the last digits may differ between machines. Node 22 and later, Deno, current browsers.
 *
 * @category Kernels
 */
export type Kernels = "automatic" | "typescript" | "webassembly" | "webassembly-relaxed";

const binaries = { webassembly: simd, "webassembly-relaxed": relaxed };
const instances = new Map<keyof typeof binaries, WebAssemblyKernels | undefined>();

let chosen: Kernels = "automatic";
let active: WebAssemblyKernels | undefined;
let decided = false;

/**
 * When an operation goes to WebAssembly; tests lower the numbers to reach every path with small matrices.
 *
 * @internal
 */
export const thresholds = {
  /** The least number of multiplications. */
  multiplications: 8_000,
  /** The least number of multiplications for each number copied in or out. */
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
 * @throws {@link UnsupportedError} if WebAssembly is asked for and the engine cannot run it; the choice is then as before
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
    if (!Object.hasOwn(binaries, kernels)) {
      const names = ["automatic", "typescript", ...Object.keys(binaries)].map((name) => JSON.stringify(name)).join(", ");
      throw new InvalidArgumentError({ argument: "kernels", expected: `one of ${names}`, received: JSON.stringify(kernels) ?? "undefined" });
    }
    if (!instance(kernels)) {
      throw new UnsupportedError(
        `This engine cannot run the kernels "${kernels}". Ask availableKernels() for those it can, or use "automatic".`,
      );
    }
  }
  chosen = kernels;
  decided = false;
}

/**
 * The kernels that this engine can run, the slowest first: `"typescript"` everywhere.
 *
 * @category Kernels
 */
export function availableKernels(): readonly Exclude<Kernels, "automatic">[] {
  return ["typescript", ...(["webassembly", "webassembly-relaxed"] as const).filter((kernels) => instance(kernels))];
}

/**
 * The WebAssembly kernels, if an operation of so many multiplications that copies so many numbers in and out is for them.
 *
 * @internal
 */
export function accelerator(multiplications: number, copies: number): WebAssemblyKernels | undefined {
  const { multiplications: least, multiplicationsPerCopy, copies: most } = thresholds;
  if (multiplications < least || multiplications < multiplicationsPerCopy * copies || copies > most) return undefined;
  const kernels = activeKernels();
  return kernels?.reserve(copies) ? kernels : undefined;
}

/**
 * Whether an operation is for the WebAssembly kernels once it is divided into parts that copy fewer numbers.
 *
 * @internal
 */
export function mustDivide(copies: number): boolean {
  return copies > thresholds.copies && activeKernels() !== undefined;
}

/** Compiled at their first use, so that importing the library costs nothing. */
function activeKernels(): WebAssemblyKernels | undefined {
  if (!decided) {
    active = chosen === "typescript" ? undefined : instance(chosen === "automatic" ? "webassembly" : chosen);
    decided = true;
  }
  return active;
}

function instance(kernels: keyof typeof binaries): WebAssemblyKernels | undefined {
  if (!instances.has(kernels)) instances.set(kernels, instantiate(binaries[kernels]));
  return instances.get(kernels);
}
