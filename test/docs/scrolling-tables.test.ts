import MarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import { scrollingTables } from "../../docs/tooling/scrolling-tables.js";

test("a table is in a box of its own", () => {
  const markdown = new MarkdownIt();
  scrollingTables(markdown);
  expect(markdown.render("| a |\n| --- |\n| b |\n\ntext")).toMatch(/^<div class="scrolling-table"><table>\n<thead>[^]*<td>b<\/td>[^]*<\/table><\/div>\n<p>text/);
});
