import katex from "katex";

/**
 * Teaches markdown-it TeX: `$...$` within a line and `$$...$$` displayed, rendered to MathML, which browsers show
 * without a style sheet or a font. TeX that does not parse is an error, so that a broken formula fails the build.
 *
 * A single dollar opens a formula only where no space follows it and closes one only where no space precedes it and
 * no digit follows, so "from $5 to $10" stays text; `\$` is always a dollar. Code spans and code blocks are untouched.
 *
 * @param {import("markdown-it").default} markdown
 */
export function tex(markdown) {
  // Before `escape`, which would eat the backslashes of TeX; markdown-it reads code spans and blocks on their own.
  markdown.inline.ruler.before("escape", "tex", inlineFormula);
  markdown.block.ruler.before("fence", "tex", displayedFormula, { alt: ["paragraph", "reference", "blockquote", "list"] });
  markdown.renderer.rules.tex = (tokens, index) => render(tokens[index]);
}

/** @param {import("markdown-it/lib/token.mjs").default} token */
function render(token) {
  const displayMode = token.markup === "$$";
  try {
    const rendered = forBrowsers(katex.renderToString(token.content, { displayMode, output: "mathml", throwOnError: true, strict: "error" }));
    return displayMode || widthOf(rendered) <= WIDE ? rendered : rendered.replace('<span class="katex">', '<span class="katex wide">');
  } catch (error) {
    throw new Error(`Cannot render the TeX ${token.markup}${token.content}${token.markup}`, { cause: error });
  }
}

/** Letters of a formula within a line that fit beside each other on a phone. Browsers break no formula, so wider ones get a class, which the style sheet lets scroll. */
const WIDE = 28;

/**
 * About how many letters wide a formula is.
 *
 * @param {string} mathml
 */
function widthOf(mathml) {
  return mathml.replace(/<annotation.*?<\/annotation>|<[^>]*>/gs, "").length;
}

/**
 * What browsers' MathML leaves out: the space between a function's name and an argument without brackets, and script letters.
 *
 * @param {string} mathml
 */
function forBrowsers(mathml) {
  return mathml.replace(/<mo>\u2061<\/mo>(?!<mo[^>]*>\()/g, '$&<mspace width="0.1667em"></mspace>').replaceAll('<mi mathvariant="script">N</mi>', "<mi>\u{1D4A9}</mi>");
}

/** @type {import("markdown-it/lib/parser_inline.mjs").RuleInline} */
function inlineFormula(state, silent) {
  const start = state.pos;
  if (state.src[start] !== "$") return false;
  const rest = state.src.slice(start, state.posMax);
  const match = /^(\$\$)((?:\\.|[^$\\`])+)\$\$/s.exec(rest) ?? /^(\$)(?!\s)((?:\\.|[^$\\`])+?)(?<!\s)\$(?!\d)/s.exec(rest);
  if (match === null) return false;
  if (!silent) {
    const token = state.push("tex", "math", 0);
    token.markup = match[1];
    token.content = match[2];
  }
  state.pos += match[0].length;
  return true;
}

/**
 * A formula of its own lines: needed beside the inline rule because TeX lines may begin with `+`, `-`, `=` or `>`,
 * which Markdown takes for lists, headings and quotations.
 *
 * @type {import("markdown-it/lib/parser_block.mjs").RuleBlock}
 */
function displayedFormula(state, startLine, endLine, silent) {
  if (state.sCount[startLine] - state.blkIndent >= 4) return false;
  if (!lineText(state, startLine).startsWith("$$")) return false;
  const lines = [];
  for (let line = startLine; line < endLine; line++) {
    lines.push(lineText(state, line));
    const match = /^\$\$(.+)\$\$\s*$/s.exec(lines.join("\n"));
    if (match === null) continue;
    if (match[1].includes("$$")) return false; // two formulas in one paragraph: the inline rule reads them
    if (silent) return true;
    const token = state.push("tex", "math", 0);
    token.block = true;
    token.markup = "$$";
    token.content = match[1].trim();
    token.map = [startLine, line + 1];
    state.line = line + 1;
    return true;
  }
  return false;
}

/**
 * @param {import("markdown-it/lib/rules_block/state_block.mjs").default} state
 * @param {number} line
 */
function lineText(state, line) {
  return state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]);
}
