import { linkText } from "./docs/tooling/link-text.js";
import { scrollingTables } from "./docs/tooling/scrolling-tables.js";
import { tex } from "./docs/tooling/tex.js";

/**
 * What JSON cannot say: formulas, the text of links, tables. Everything else is in typedoc.json.
 *
 * @type {Partial<import("typedoc").TypeDocOptions> & { extends: string[] }}
 */
export default {
  extends: ["./typedoc.json"],
  markdownItLoader: (markdown) => {
    tex(markdown);
    linkText(markdown);
    scrollingTables(markdown);
  },
};
