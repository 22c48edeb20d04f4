import { describe, expect, it } from "vitest";
import { redirectLinks, toIndex, toPage } from "../../notebooks/tooling/page.ts";
import { code, notebookOf, printed, prose, shown } from "./notebook-builder.ts";

const page = (...cells: Parameters<typeof notebookOf>) => toPage(notebookOf(...cells), "notebooks/a.ipynb");

describe("the index of the notebooks", () => {
  it("lists them with the number of the file, title, link and first paragraph", () => {
    const text = toIndex([
      { name: "01-a.ipynb", notebook: notebookOf(prose("# A start\n\nOf what\nis to [come](03-b.ipynb).\n\nMore.")) },
      { name: "03-b.ipynb", notebook: notebookOf(prose("# The end\n\n## At once")) },
      { name: "12-c.ipynb", notebook: notebookOf(code("1")) },
    ]);
    expect(text).toMatch(/^---\ntitle: "[^"]+"\ncategory: Notebooks\n---\n/);
    // Markdown counts the items of a list itself, from 1, whatever their numbers.
    expect(text).toContain("\n\n1\\. **[A start](01-a.md)** Of what is to [come](03-b.md).\n\n3\\. **[The end](03-b.md)**\n\n12\\. **[12-c.ipynb](12-c.md)**\n");
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

  it("ends with links to the notebooks before and after, where there are some, and to the course", () => {
    const chapter = (name: string, title: string) => ({ name, notebook: notebookOf(prose(`# ${title}`)) });
    const [previous, next] = [chapter("01-a.ipynb", "A start"), chapter("03-b.ipynb", "The end")];
    const ending = (neighbours: Parameters<typeof toPage>[2]): string | undefined => toPage(notebookOf(prose("# Here")), "notebooks/02.ipynb", neighbours).trim().split("\n\n").pop();
    expect(ending({ previous, next })).toBe("[← A start](01-a.md) · [The course](00-course.md) · [The end →](03-b.md)");
    expect(ending({ next })).toBe("[The course](00-course.md) · [The end →](03-b.md)");
    expect(ending({ previous })).toBe("[← A start](01-a.md) · [The course](00-course.md)");
  });

  it("fences text that holds fences", () => {
    expect(page(code("const a = `\n```\n`;"))).toContain("````ts\n");
  });

  it("redirects relative links to where the page stands", () => {
    expect(redirectLinks("[a](../docs/a.md#b) [c](02-c.ipynb#d) [e](../src/e.ts)")).toBe("[a](../a.md#b) [c](02-c.md#d) [e](../../src/e.ts)");
    for (const link of ["[a](https://b.c/../d.ipynb)", "[a](#b)"]) expect(redirectLinks(link)).toBe(link);
  });
});
