import { UnsupportedError } from "../errors.ts";
import { optional, required, type NativeFunction, type NativeFunctions } from "./symbols.ts";

type Type = "i" | "d" | "p" | "l";

/** Opens a library and finds functions in it by their names and the types of their parameters; throws if there is none of the path. */
type Loader = (path: string, functions: Record<string, string>) => Record<string, NativeFunction | undefined>;

/** The part of Deno's interface that is used. */
interface Deno {
  dlopen(
    path: string,
    symbols: Record<string, { readonly parameters: readonly string[]; readonly result: "void"; readonly optional: true }>,
  ): { readonly symbols: Record<string, NativeFunction | null> };
}

/** The part of koffi's interface that is used. */
interface Koffi {
  load(path: string): { func(name: string, result: "void", parameters: readonly string[]): NativeFunction };
}

const denoTypes: Record<Type, string> = { i: "i32", d: "f64", p: "buffer", l: "usize" };
const koffiTypes: Record<Type, string> = { i: "int32", d: "double", p: "void *", l: "size_t" };

/** Opens the first library of the list that is there and has all functions; returns its path and functions. */
export async function openLibrary(paths: readonly string[]): Promise<{ readonly path: string; readonly functions: NativeFunctions }> {
  const load = await loader();
  let failure = "";
  for (const path of paths) {
    try {
      const functions = load(path, { ...required, ...optional });
      const missing = Object.keys(required).filter((name) => !functions[name]);
      if (missing.length === 0) return { path, functions: functions as NativeFunctions };
      failure = `${path} lacks ${missing.join(", ")}`;
    } catch (error) {
      if (mayNot(error)) throw new UnsupportedError("Deno calls a native library only if it is run with --allow-ffi.", { cause: error });
      failure ||= error instanceof Error ? error.message : String(error);
    }
  }
  throw new UnsupportedError(
    `No library with BLAS and LAPACK could be opened at ${paths.join(", ")} (${failure}). Install one (Debian and Ubuntu: apt install libopenblas0; Fedora: dnf install openblas; ` +
      "macOS: its Accelerate will do, or brew install openblas; Windows: libopenblas.dll on the PATH), or give its path as the option `library`.",
  );
}

/** Deno's own foreign functions, or koffi's. */
async function loader(): Promise<Loader> {
  const { Deno } = globalThis as { readonly Deno?: Deno };
  if (Deno) return throughDeno(Deno);
  try {
    const { default: koffi } = await import("koffi");
    return throughKoffi(koffi);
  } catch (error) {
    throw new UnsupportedError("Node calls a native library through koffi, which could not be imported: npm install koffi. Browsers have no native libraries.", { cause: error });
  }
}

function throughDeno(deno: Deno): Loader {
  return (path, functions) => {
    const symbols = Object.entries(functions).map(
      ([name, types]) => [name, { parameters: parameters(types, denoTypes), result: "void", optional: true }] as const,
    );
    const found = deno.dlopen(path, Object.fromEntries(symbols)).symbols;
    return Object.fromEntries(Object.keys(functions).map((name) => [name, found[name] ?? undefined]));
  };
}

function throughKoffi(koffi: Koffi): Loader {
  return (path, functions) => {
    const library = koffi.load(path);
    const find = (name: string, types: string) => {
      try {
        return library.func(name, "void", parameters(types, koffiTypes));
      } catch {
        return undefined;
      }
    };
    return Object.fromEntries(Object.entries(functions).map(([name, types]) => [name, find(name, types)]));
  };
}

const parameters = (types: string, names: Record<Type, string>) => Array.from(types, (type) => names[type as Type]);

const mayNot = (error: unknown) => error instanceof Error && (error.name === "NotCapable" || error.name === "PermissionDenied");
