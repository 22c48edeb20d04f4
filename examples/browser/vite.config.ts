import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** A static page that works in any folder of a server. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  // The library from its sources; with the package installed, this line is not needed.
  resolve: { alias: { "laplace-ts": fileURLToPath(new URL("../../src/index.ts", import.meta.url)) } },
  // The worker needs at once what a page without threads loads when it is needed.
  worker: { format: "es", rolldownOptions: { checks: { ineffectiveDynamicImport: false } } },
});
