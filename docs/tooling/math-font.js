import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(import.meta.resolve("@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"));

/**
 * A plugin of TypeDoc: lays a font with the measures that formulas need beside the style sheet, which names it. Many machines have none, and would draw fractions into each other.
 *
 * @param {import("typedoc").Application} app
 */
export function mathFont(app) {
  app.renderer.on("endRender", ({ outputDirectory }) => {
    copyFileSync(FILE, join(outputDirectory, "assets", "stix-two-math.woff2"));
  });
}
