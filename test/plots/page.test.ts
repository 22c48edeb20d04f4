import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { COLOR, page } from "../../src/plots.ts";

describe("page", () => {
  const svg = page(100, 50, [`<g stroke="${COLOR.blue}"><path d="M0,0" fill="${COLOR.paper}" stroke="none"/></g><rect fill="#123456"/>`]);
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  const styleOf = (selector: string): string | null => document.querySelector(selector)!.getAttribute("style");

  it("gives each colour of the palette another on dark pages, background and text included, and leaves others alone", () => {
    expect(styleOf("svg > rect")).toMatch(/^fill: light-dark\(#FFFFFF, #[0-9A-F]{6}\)$/);
    expect(styleOf("svg")).toMatch(/ color: light-dark\(#333333, #[0-9A-F]{6}\)$/);
    expect(styleOf("g")).toMatch(/^stroke: light-dark\(#0072B2, #[0-9A-F]{6}\)$/);
    expect(styleOf("path")).toMatch(/^fill: light-dark/);
    expect(styleOf('[fill="#123456"]')).toBeNull();
  });

  it("refuses what are no drawings", () => {
    expect(() => page(100, 50, "<g/>" as never)).toThrow(/^parts: expected an array of drawings, svg elements as text, got "<g\/>"/);
  });

  it("keeps the light colours for programs that know no other", () => {
    expect(document.querySelector("g")!.getAttribute("stroke")).toBe(COLOR.blue);
    expect(document.querySelector("svg")!.getAttribute("color")).toBe(COLOR.ink);
  });

  it("has text, lines and dots stand out from the paper, light and dark: a contrast of 3 and more (WCAG 2.2, 1.4.11), of 7 for text", () => {
    const pairs = Object.values(COLOR).map((color) => page(1, 1, [`<path fill="${color}"/>`]).match(/<path style="fill: light-dark\((#\w+), (#\w+)\)/)!.slice(1));
    const [lightPaper, darkPaper] = pairs.at(-1);
    const [lightInk, darkInk] = pairs.at(-2);
    expect(Math.min(contrast(lightInk, lightPaper), contrast(darkInk, darkPaper))).toBeGreaterThan(7);
    for (const [light, dark] of pairs.slice(0, -1)) {
      expect(contrast(light, lightPaper)).toBeGreaterThan(2.9);
      expect(contrast(dark, darkPaper)).toBeGreaterThan(3);
    }
  });
});

/** Of two colours, by their relative luminance. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const c = parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
