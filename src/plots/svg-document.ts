import type * as Plot from "@observablehq/plot";

const NAMESPACE = "http://www.w3.org/2000/svg";

/** An element of a picture, with as much of the DOM as Plot draws with, and its markup. */
class SvgElement {
  readonly namespaceURI = NAMESPACE;
  readonly ownerDocument: object;
  readonly #name: string;
  readonly #attributes = new Map<string, string>();
  #content: (SvgElement | string)[] = [];

  constructor(ownerDocument: object, name: string) {
    this.ownerDocument = ownerDocument;
    this.#name = name;
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  appendChild(child: SvgElement): SvgElement {
    return this.insertBefore(child, null);
  }

  insertBefore(child: SvgElement, next: SvgElement | null): SvgElement {
    this.#content.splice(next === null ? this.#content.length : this.#content.indexOf(next), 0, child);
    return child;
  }

  set textContent(text: unknown) {
    this.#content = text === "" ? [] : [String(text)];
  }

  get innerHTML(): string {
    return this.#content.map((part) => (typeof part === "string" ? escaped(part) : part.#markup())).join("");
  }

  #markup(): string {
    // The newest first, as linkedom writes them, so that pictures are the same text from either.
    const attributes = Array.from(this.#attributes, ([name, value]) => ` ${name}="${escaped(value).replaceAll('"', "&quot;")}"`).reverse();
    return `<${this.#name}${attributes.join("")}${this.#content.length === 0 ? " />" : `>${this.innerHTML}</${this.#name}>`}`;
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A document for Plot to draw in, the same in browsers and outside, since pictures are text. */
export function svgDocument(): NonNullable<Plot.PlotOptions["document"]> {
  const createElementNS = (_: string, name: string): SvgElement => new SvgElement(document, name);
  const document = { createElementNS };
  return { createElementNS, documentElement: new SvgElement(document, "svg") } as unknown as ReturnType<typeof svgDocument>;
}
