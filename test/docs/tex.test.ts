import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { tex } from "../../docs/tooling/tex.js";

const markdown = new MarkdownIt();
tex(markdown);

/** The TeX of every formula in the rendered page. */
function formulas(text: string): string[] {
  const annotations = markdown.render(text).matchAll(/<annotation encoding="application\/x-tex">(.*?)<\/annotation>/gs);
  return Array.from(annotations, (match) => match[1]);
}

describe("TeX in Markdown", () => {
  it("renders formulas within a line to MathML", () => {
    expect(markdown.render("noise $\\sigma$")).toMatch(/<p>noise .*<math.*<mi>σ<\/mi>.*<\/p>/);
    expect(formulas("$a_i^* b_j^*$ and $c$")).toEqual(["a_i^* b_j^*", "c"]);
  });

  it("renders displayed formulas, also where their lines look like Markdown", () => {
    const text = "Before\n$$\nP = H / T\n+ A \\\\\n= B\n$$\nafter";
    expect(formulas(text)).toEqual(["P = H / T\n+ A \\\\\n= B"]);
    expect(markdown.render(text)).toContain('display="block"');
    expect(markdown.render(text)).not.toMatch(/<h1>|<ul>/);
    expect(formulas("- in a list\n  $$ y_2 $$")).toEqual(["y_2"]);
    expect(formulas("two: $$x$$ and $$y$$")).toEqual(["x", "y"]);
  });

  it("leaves prices, escapes and code alone", () => {
    for (const text of ["from $5 to $10", "\\$x\\$", "`$x$`", "```\n$x$\n```", "    $$x$$", "$10 and `$x$`", "a $ b $ c"]) {
      expect(formulas(text)).toEqual([]);
    }
  });

  it("sets a space between a function and an argument without brackets, and script letters that browsers show", () => {
    expect(markdown.render("$\\log p$")).toContain('<mspace width="0.1667em"></mspace><mi>p</mi>');
    expect(markdown.render("$\\log(p)$")).not.toContain("mspace");
    expect(markdown.render("$\\mathcal N$")).toContain("<mi>\u{1D4A9}</mi>");
  });

  it("marks formulas within a line that are wider than a phone", () => {
    expect(markdown.render("$\\alpha_g = \\gamma_g / 2 E_{W,g}$")).not.toContain("wide");
    expect(markdown.render("$\\left( 8 [g(f + h) - g(f - h)] - [g(f + 2h) - g(f - 2h)] \\right) / 12h$")).toContain('<span class="katex wide">');
    expect(markdown.render("$$8 [g(f + h) - g(f - h)] - [g(f + 2h) - g(f - 2h)] = 12h$$")).not.toContain("wide");
  });

  it("refuses TeX that does not parse, and shows it", () => {
    expect(() => markdown.render("$\\frac{1$")).toThrow(/\$\\frac\{1\$/);
    expect(() => markdown.render("$\\notACommand$")).toThrow(/notACommand/);
  });
});
