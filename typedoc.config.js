import { tex } from "./docs/tooling/tex.js";

/**
 * What JSON cannot say: formulas. Everything else is in typedoc.json.
 *
 * @type {Partial<import("typedoc").TypeDocOptions> & { extends: string[] }}
 */
export default {
  extends: ["./typedoc.json"],
  markdownItLoader: tex,
};
