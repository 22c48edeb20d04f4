import MarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import { linkText } from "../../docs/tooling/link-text.js";

const markdown = new MarkdownIt({ html: true });
linkText(markdown);

test("links to the reference lose the space before their text, and others nothing", () => {
  expect(markdown.renderInline('see (<a href="x.html" class="tsd-kind-function"> fit</a>) and')).toBe('see (<a href="x.html" class="tsd-kind-function">fit</a>) and');
  expect(markdown.render('a <a href="x.html" class="tsd-kind-class">Posterior</a> here')).toContain('">Posterior</a> here');
  expect(markdown.render('<a href="x.html"> other</a> and <b> bold</b>')).toContain('"> other</a> and <b> bold</b>');
});
