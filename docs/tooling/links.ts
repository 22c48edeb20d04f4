/** Finds dead links among built pages; see check-links.ts. */

/** The ids that a page has, and where its links lead. */
interface Page {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
}

const unescaped = (text: string): string => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Ids and links of a page of HTML: attributes of tags, not what looks alike in text. */
function pageOf(html: string): Page {
  const attributes = (names: string): readonly string[] =>
    Array.from(html.matchAll(/<[a-z][^>"]*(?:"[^"]*"[^>"]*)*>/gi)).flatMap(([tag]) => Array.from(tag.matchAll(new RegExp(`\\s(?:${names})="([^"]*)"`, "g")), ([, value]) => unescaped(value)));
  return { ids: new Set(attributes("id|name")), links: attributes("href|src") };
}

/**
 * Links that lead nowhere, as "page: link". `texts` has the HTML of each page by its path, `others` the paths of pictures and other files. Links to other sites are taken on trust, as the check
 * needs no network.
 */
export function deadLinks(texts: ReadonlyMap<string, string>, others: ReadonlySet<string>): readonly string[] {
  const pages = new Map(Array.from(texts, ([path, html]) => [path, pageOf(html)]));
  const root = "file:///";
  const isDead = (from: string, link: string): boolean => {
    const target = new URL(link, `${root}${encodeURI(from)}`);
    if (target.protocol !== "file:") return false;
    const path = decodeURIComponent(target.pathname.slice(1)).replace(/(^|\/)$/, "$1index.html");
    const page = pages.get(path);
    if (page === undefined) return !others.has(path);
    const id = decodeURIComponent(target.hash.slice(1));
    return id !== "" && !page.ids.has(id);
  };
  return Array.from(pages).flatMap(([path, { links }]) => [...new Set(links)].filter((link) => isDead(path, link)).map((link) => `${path}: ${link}`));
}
