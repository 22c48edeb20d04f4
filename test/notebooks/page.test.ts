import { describe, expect, it } from "vitest";
import { redirectLinks, toIndex, toPage } from "../../notebooks/tooling/page.ts";
import { code, notebookOf, printed, prose, shown } from "./notebook-builder.ts";

const page = (...cells: Parameters<typeof notebookOf>) => toPage(notebookOf(...cells), "notebooks/a.ipynb");

describe("the index of the notebooks", () => {
  it("lists them in order with title, link and first paragraph", () => {
    const text = toIndex({ "01-a.ipynb": notebookOf(prose("# A start\n\nOf what\nis to [come](02-b.ipynb).\n\nMore.")), "02-b.ipynb": notebookOf(prose("# The end\n\n## At once")), "03-c.ipynb": notebookOf(code("1")) });
    expect(text).toMatch(/^---\ntitle: "[^"]+"\ncategory: Notebooks\n---\n/);
    expect(text).toContain("\n\n1. **[A start](01-a.md)** Of what is to [come](02-b.md).\n\n2. **[The end](02-b.md)**\n\n3. **[03-c.ipynb](03-c.md)**\n");
    expect(text).not.toContain("More.");
  });
});

describe("a notebook's page", () => {
  it("takes its title from the first heading, or else from the file", () => {
    expect(page(code("# not a heading"), prose('Intro\n# A "first" posterior'))).toMatch(/^---\ntitle: "A \\"first\\" posterior"\n/);
    expect(page(prose("text"))).toContain('title: "notebooks/a.ipynb"');
  });

  it("shows code, printed text and values as code blocks", () => {
    const text = page(code("a", printed("hello\n"), shown({ "text/plain": ["1\n", "2"] })));
    expect(text).toContain("```ts\na\n```\n\n```text\nhello\n```\n\n```text\n1\n2\n```");
  });

  it("shows the richest representation, as HTML without empty lines", () => {
    const text = page(code("a", shown({ "text/plain": "plain", "image/svg+xml": "<svg>\n\n<rect/></svg>" })));
    expect(text).toMatch(/<div [^>]*>\n<svg>\n<rect\/><\/svg>\n<\/div>/);
    expect(text).not.toContain("plain");
    expect(text).toContain("background: white");
    const adaptive = page(code("a", shown({ "text/html": '<svg style="color: light-dark(#333, #DDD)"></svg>' })));
    expect(adaptive).not.toContain("background: white");
    expect(page(code("a", shown({ "text/markdown": "**b**", "text/plain": "b" })))).toContain("\n\n**b**\n\n");
    expect(page(code("a", shown({ "image/png": "aGk=\n" })))).toContain('src="data:image/png;base64,aGk="');
  });

  it("fences text that holds fences", () => {
    expect(page(code("const a = `\n```\n`;"))).toContain("````ts\n");
  });

  it("redirects relative links to where the page stands", () => {
    expect(redirectLinks("[a](../docs/a.md#b) [c](02-c.ipynb#d) [e](../src/e.ts)")).toBe("[a](../a.md#b) [c](02-c.md#d) [e](../../src/e.ts)");
    for (const link of ["[a](https://b.c/../d.ipynb)", "[a](#b)"]) expect(redirectLinks(link)).toBe(link);
  });
});
