import { linkText } from "./docs/tooling/link-text.js";
import { mathFont } from "./docs/tooling/math-font.js";
import { scrollingTables } from "./docs/tooling/scrolling-tables.js";
import { tex } from "./docs/tooling/tex.js";

/**
 * What JSON cannot say: formulas and their font, the text of links, tables. Everything else is in typedoc.json.
 *
 * @type {Partial<import("typedoc").TypeDocOptions> & { extends: string[] }}
 */
export default {
  extends: ["./typedoc.json"],
  plugin: [mathFont],
  markdownItLoader: (markdown) => {
    tex(markdown);
    linkText(markdown);
    scrollingTables(markdown);
  },
};
