// The second entry, where koffi is not installed.
import { UnsupportedError } from "laplace-ts";
import { useNativeKernels } from "laplace-ts/native";

const missing: unknown = await useNativeKernels().catch((error: unknown) => error);
if (!(missing instanceof UnsupportedError)) throw new Error("without koffi, native kernels should be refused");
console.log(missing.message);
