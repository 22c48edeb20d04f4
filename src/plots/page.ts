import { InvalidArgumentError, describe } from "../errors.ts";

/**
 * A legend entry: its text, and a drawing 22 wide that stands on the text's base line.
 *
 * @category Plots
 */
export interface LegendEntry {
  /** What stands beside the drawing. */
  readonly label: string;
  /** SVG text. */
  readonly symbol: string;
}

/**
 * The colours of the pictures on light pages, told apart with every kind of colour vision (Okabe & Ito 2008). On dark ones {@link page} shows lighter ones in their places.
 *
 * @category Plots
 */
export const COLOR = {
  /** The first of several methods, and predictions. */
  blue: "#0072B2",
  /** The second, and what is known to be true. */
  orange: "#D55E00",
  /** The third. */
  green: "#009E73",
  /** The fourth. */
  purple: "#CC79A7",
  /** Text, axes and data. */
  ink: "#333333",
  /** The background. */
  paper: "#FFFFFF",
} as const;

/** What is shown for them on dark pages. */
const ON_DARK: Readonly<Record<string, string>> = {
  [COLOR.blue]: "#5AB4EE",
  [COLOR.orange]: "#F58F4E",
  [COLOR.green]: "#2FC79B",
  [COLOR.purple]: "#E39BC4",
  [COLOR.ink]: "#DCDEE2",
  [COLOR.paper]: "#1E2024",
};

const FONT = "system-ui, Helvetica, Arial, sans-serif";
const MARGIN = 8;

/**
 * Legend entries in a row: SVG text, 28 high; {@link page} has an example.
 *
 * @category Plots
 */
export function legendRow(entries: readonly LegendEntry[]): string {
  let x = 6;
  return entries
    .map(({ label, symbol }) => {
      const entry = `<g transform="translate(${x}, 14)">${symbol}<text x="28" fill="${COLOR.ink}">${escaped(label)}</text></g>`;
      x += Math.round(28 + 6.3 * label.length + 18);
      return entry;
    })
    .join("");
}

/** Legend entries in as many rows as the width asks for, and how high they are. */
export function legendRows(entries: readonly LegendEntry[], width: number): { readonly drawing: string; readonly height: number } {
  let [x, y] = [0, 0];
  const places = entries.map(({ label, symbol }) => {
    const wide = 28 + textWidth(label) + 14;
    if (x > 0 && x + wide > width) [x, y] = [0, y + LEGEND_ROW];
    const place = `<g transform="translate(${x}, ${y})">${legendRow([{ label, symbol }])}</g>`;
    x += wide;
    return place;
  });
  return { drawing: places.join(""), height: entries.length === 0 ? 0 : y + LEGEND_ROW };
}

const LEGEND_ROW = 28;

/** About how wide a text is in the font of pictures, wherever it is wide. */
export function textWidth(text: string): number {
  return 7 * text.length;
}

/** Text for markup. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** A line as in the chart, for a legend. */
export function lineSymbol(color: string, dashes = "none"): string {
  return `<line x1="0" x2="22" y1="-4" y2="-4" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/>`;
}

/**
 * A chart of Observable Plot at a position within a {@link page}: what is in its svg element, without Plot's style sheet, which would reach beyond it.
 *
 * @category Plots
 */
export function placed(chart: { readonly innerHTML: string }, x: number, y: number): string {
  const drawing = chart.innerHTML.replace(/<style>.*?<\/style>/s, "");
  return `<g transform="translate(${x}, ${y})" text-anchor="middle" fill="currentColor">${drawing}</g>`;
}

/**
 * An svg element around its parts, with a margin and a background of its own. Colours of {@link COLOR} become lighter ones where the page's CSS has a dark `color-scheme`, background included, so that
 * text and paper go together everywhere; programs that do not know `light-dark()` show the light ones.
 *
 * @category Plots
 * @example
 * ```ts
 * import { COLOR, legendRow, page, placed } from "laplace-ts/plots";
 * const chart = { innerHTML: `<circle cx="50" cy="20" r="5" fill="${COLOR.blue}"/>` };   // or what Plot.plot() gives
 * const legend = legendRow([{ label: "a measurement", symbol: `<circle cx="6" cy="14" r="5" fill="${COLOR.blue}"/>` }]);
 * console.log(page(200, 100, [legend, placed(chart, 0, 28)]).slice(0, 4)); // <svg
 * ```
 */
export function page(width: number, height: number, parts: readonly string[]): string {
  const given: unknown = parts;
  if (!Array.isArray(given)) throw new InvalidArgumentError({ argument: "parts", expected: "an array of drawings, svg elements as text", received: describe(given) });
  const [fullWidth, fullHeight] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const size = `width="${fullWidth}" height="${fullHeight}"`;
  const ink = `color="${COLOR.ink}" style="max-width: 100%; height: auto; color: ${lightOrDark(COLOR.ink)}"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="${-MARGIN} ${-MARGIN} ${fullWidth} ${fullHeight}" font-family="${FONT}" font-size="12" ${ink}>`;
  const paper = `<rect x="${-MARGIN}" y="${-MARGIN}" ${size} fill="${COLOR.paper}"/>`;
  return `${open}${[paper, ...parts].map(withDarkColors).join("")}</svg>\n`;
}

/** The same drawing, with a style beside each colour that has another on dark pages. */
function withDarkColors(drawing: string): string {
  return drawing.replace(/<[a-z][^>]*>/gi, (tag) => {
    const paints = Array.from(tag.matchAll(/ (fill|stroke)="([^"]+)"/g)).filter(([, , color]) => color in ON_DARK);
    if (paints.length === 0) return tag;
    const style = paints.map(([, property, color]) => `${property}: ${lightOrDark(color)}`).join("; ");
    return tag.replace(/^<[\w-]+/, (name) => `${name} style="${style}"`);
  });
}

function lightOrDark(color: string): string {
  return `light-dark(${color}, ${ON_DARK[color]})`;
}
