import { joinText, mimeText, type Cell, type MimeBundle, type Notebook, type Output } from "./notebook.ts";

/** The notebook as a Markdown page of the documentation, in `docs/notebooks/`, with its stored outputs. */
export function toPage(notebook: Notebook, source: string): string {
  const prose = notebook.cells.filter((cell) => cell.cell_type !== "code").map((cell) => joinText(cell.source));
  const title = /^# +(.+)$/m.exec(prose.join("\n"))?.[1] ?? source;
  return [
    `---\ntitle: ${JSON.stringify(title)}\ncategory: Notebooks\n---`,
    ...notebook.cells.map(cellToMarkdown),
    `*This page is the notebook \`${source}\` with the outputs of its last run.*`,
    "",
  ].join("\n\n");
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

/** HTML in Markdown ends at the first empty line, so it has none; drawings are made for white paper. */
function htmlBlock(html: string): string {
  const lines = html.split("\n").filter((line) => line.trim() !== "");
  return ['<div style="background: white; color: black; overflow-x: auto">', ...lines, "</div>"].join("\n");
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
