// Compiles the AssemblyScript kernels into src/linalg/webassembly/binary.ts; with --check, tells whether that file is what
// the sources give, byte for byte.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const directory = fileURLToPath(new URL(".", import.meta.url));
const target = new URL("../src/linalg/webassembly/binary.ts", import.meta.url);

const simd = await compile(["simd"]);
const relaxed = await compile(["simd", "relaxed-simd"]);
const text = `// Written by \`npm run build:kernels\` from assembly/: do not edit.

/** The kernels with 128-bit SIMD, hexadecimal. */
export const simd =
${lines(simd)};

/** The same with fused multiply-add from relaxed SIMD, hexadecimal. */
export const relaxed =
${lines(relaxed)};
`;

if (!process.argv.includes("--check")) {
  await writeFile(target, text);
  console.log(`simd ${simd.length} bytes, relaxed ${relaxed.length} bytes`);
} else if ((await readFile(target, "utf8")) !== text) {
  console.error("src/linalg/webassembly/binary.ts is not what assembly/ gives: run npm run build:kernels");
  process.exitCode = 1;
}

/**
 * @param {string[]} features
 * @returns {Promise<Uint8Array>}
 */
async function compile(features) {
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--baseDir", directory,
      "--outFile", "kernels.wasm",
      "-O3",
      "--runtime", "stub",
      "--noAssert",
      "--initialMemory", "32",
      ...features.flatMap((feature) => ["--enable", feature]),
    ],
    {
      writeFile: (_, contents) => {
        if (typeof contents !== "string") binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(stderr.toString(), { cause: error });
  return binary;
}

/** @param {Uint8Array} bytes */
function lines(bytes) {
  // Compressed, the second program is next to nothing after the first: what they share is the same text in both, which it is not in base64.
  const encoded = Buffer.from(bytes).toString("hex");
  return (encoded.match(/.{1,116}/g) ?? []).map((line) => `  "${line}"`).join(" +\n");
}
