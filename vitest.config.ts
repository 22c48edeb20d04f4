import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "laplace-ts/jax": fileURLToPath(new URL("./src/jax.ts", import.meta.url)),
      "laplace-ts/native": fileURLToPath(new URL("./src/native.ts", import.meta.url)),
      "laplace-ts/onnx": fileURLToPath(new URL("./src/onnx.ts", import.meta.url)),
      "laplace-ts/plots": fileURLToPath(new URL("./src/plots.ts", import.meta.url)),
      "laplace-ts/tfjs": fileURLToPath(new URL("./src/tfjs.ts", import.meta.url)),
      "laplace-ts": fileURLToPath(new URL("./src/index.ts", import.meta.url)),
    },
  },
  test: {
    execArgv: "Deno" in globalThis ? [] : ["--import", new URL("./test/support/typescript-in-threads.js", import.meta.url).href],
    include: ["test/**/*.test.ts"],
    // Some tests train networks: what takes two seconds alone takes ten where all processors are busy.
    testTimeout: 60_000,
    coverage: { provider: "v8", include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
  },
});
