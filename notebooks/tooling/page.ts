import { joinText, mimeText, type Cell, type MimeBundle, type Notebook, type Output } from "./notebook.ts";

/** The page that lists the notebooks, beside theirs. */
export const COURSE = "00-course.md";

/** What stands before and after a notebook in the course. */
export interface Neighbours {
  readonly previous?: Chapter;
  readonly next?: Chapter;
}

/** A notebook by the name of its file. */
export interface Chapter {
  readonly name: string;
  readonly notebook: Notebook;
}

/** The notebook as a Markdown page of the documentation, in `docs/notebooks/`, with its stored outputs and the ways on at its end. */
export function toPage(notebook: Notebook, source: string, neighbours: Neighbours = {}): string {
  const { title = source } = headOf(notebook);
  return [
    `---\ntitle: ${JSON.stringify(title)}\ncategory: Notebooks\n---`,
    ...notebook.cells.map(cellToMarkdown),
    `*This page is the notebook \`${source}\` with the outputs of its last run.*`,
    waysOn(neighbours),
    "",
  ].join("\n\n");
}

function waysOn({ previous, next }: Neighbours): string {
  const link = ({ name, notebook }: Chapter, before: string, after: string): string => `[${before}${headOf(notebook).title ?? name}${after}](${pageOf(name)})`;
  return [...(previous ? [link(previous, "← ", "")] : []), `[The course](${COURSE})`, ...(next ? [link(next, "", " →")] : [])].join(" · ");
}

/** A page that lists the notebooks, with the numbers of their files and the first paragraph of each. */
export function toIndex(chapters: readonly Chapter[]): string {
  const entries = chapters.map(({ name, notebook }) => {
    const { title = name, paragraph } = headOf(notebook);
    return `${numberOf(name)}**[${title}](${pageOf(name)})**${paragraph === undefined ? "" : ` ${redirectLinks(paragraph)}`}`;
  });
  return [
    `---\ntitle: "A course in notebooks"\ncategory: Notebooks\n---`,
    "# A course in notebooks",
    "For readers of MacKay's papers and of Bishop's books, from a first posterior on. Each chapter is a Deno notebook in `notebooks/`, and a page here with its outputs. `npm run notebooks` opens them in Jupyter, to be changed and run.",
    ...entries,
    "",
  ].join("\n\n");
}

/** `7\. ` for 07-... : not the item of a list, which Markdown would count itself. */
function numberOf(name: string): string {
  const [, number] = /^(\d+)-/.exec(name) ?? [];
  return number === undefined ? "" : `${Number(number)}\\. `;
}

/** The page of a notebook, by their file names. */
export function pageOf(name: string): string {
  return name.replace(/\.ipynb$/, ".md");
}

/** Its first heading, and the paragraph below. */
function headOf(notebook: Notebook): { readonly title: string | undefined; readonly paragraph: string | undefined } {
  const prose = notebook.cells.filter((cell) => cell.cell_type !== "code").map((cell) => joinText(cell.source));
  const [, title, below = ""] = /^# +(.+)$([^]*)/m.exec(prose.join("\n\n")) ?? [];
  const paragraph = below.trim().split(/\n\s*\n/)[0].replace(/\s*\n\s*/g, " ");
  return { title, paragraph: paragraph === "" || paragraph.startsWith("#") ? undefined : paragraph };
}

function cellToMarkdown(cell: Cell): string {
  const source = joinText(cell.source);
  if (cell.cell_type !== "code") return redirectLinks(source);
  return [fence(source, "ts"), ...cell.outputs.map(outputToMarkdown)].join("\n\n");
}

function outputToMarkdown(output: Output): string {
  return output.output_type === "stream" ? fence(joinText(output.text), "text") : bundleToMarkdown(output.data);
}

/** The richest representation that a page can show. */
function bundleToMarkdown(bundle: MimeBundle): string {
  const drawing = bundle["image/svg+xml"] ?? bundle["text/html"];
  if (drawing !== undefined) return htmlBlock(mimeText(drawing));
  const png = bundle["image/png"];
  if (png !== undefined) return htmlBlock(`<img alt="" src="data:image/png;base64,${mimeText(png).replace(/\s/g, "")}">`);
  const markdown = bundle["text/markdown"];
  if (markdown !== undefined) return mimeText(markdown);
  return fence(mimeText(bundle["text/plain"] ?? ""), "text");
}

/** HTML in Markdown ends at the first empty line, so it has none; other drawings are made for white paper. */
function htmlBlock(html: string): string {
  const lines = html.split("\n").filter((line) => line.trim() !== "");
  // Pictures of laplace-ts/plots have paper of their own, light or dark as the page is.
  const style = /^\s*<svg[^>]* style="[^"]*light-dark\(/.test(html) ? "overflow-x: auto" : "background: white; color: black; overflow-x: auto";
  return [`<div style="${style}">`, ...lines, "</div>"].join("\n");
}

/** A code block whose fence is longer than any run of backticks within. */
function fence(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text.replace(/\n$/, "")}\n${ticks}`;
}

/** Links that hold in `notebooks/` made to hold in `docs/notebooks/`, where a page stands in for each notebook. */
export function redirectLinks(markdown: string): string {
  return markdown.replace(/(\]\()([^)\s]+)/g, (_link, start: string, target: string) => {
    if (/^([a-z]+:|#|\/)/i.test(target)) return start + target;
    if (target.startsWith("../docs/")) return start + target.replace("../docs/", "../");
    if (target.startsWith("../")) return `${start}../${target}`;
    return start + target.replace(/\.ipynb(?=$|#)/, ".md");
  });
}
