/**
 * Puts each table into a box that scrolls, so that on a phone its columns keep a width at which text can be read.
 *
 * @param {import("markdown-it").default} markdown
 */
export function scrollingTables(markdown) {
  markdown.renderer.rules.table_open = () => '<div class="scrolling-table"><table>\n';
  markdown.renderer.rules.table_close = () => "</table></div>\n";
}
