import { UnsupportedError } from "../../src/errors.ts";
import { setKernels } from "../../src/linalg/kernels.ts";
import { useNativeKernels } from "../../src/native.ts";

/** Loads the native kernels, on one thread, without choosing them; tells what is missing where that cannot be. */
export const nativeLibrary: { readonly library?: string; readonly missing?: string } = await useNativeKernels({ threads: 1 }).catch((error: unknown) => {
  if (error instanceof UnsupportedError) return { missing: error.message };
  throw error;
});
setKernels("automatic");
