/**
 * Takes away the space with which TypeDoc begins the text of a link in a guide: "( laplace)" for `({@link laplace})`.
 *
 * @param {import("markdown-it").default} markdown
 */
export function linkText(markdown) {
  markdown.core.ruler.after("inline", "link-text", ({ tokens }) => {
    for (const { children } of tokens) {
      children?.forEach((token, i) => {
        const previous = children[i - 1];
        if (token.type === "text" && previous?.type === "html_inline" && /^<a\s.*class="tsd-kind-/.test(previous.content)) token.content = token.content.trimStart();
      });
    }
  });
}
