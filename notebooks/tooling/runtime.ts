/// What a joined notebook calls while it runs under Deno: it reports cells and displays as Deno's Jupyter kernel would.
import { encodeEvent, type Event } from "./events.ts";
import type { MimeBundle } from "./notebook.ts";

interface Output {
  writeSync(bytes: Uint8Array): number;
}

declare const Deno: {
  readonly stdout: Output;
  readonly stderr: Output;
  inspect(value: unknown, options: { colors: boolean }): string;
};

const displaySymbol = Symbol.for("Jupyter.display");

export function startCell(index: number): void {
  write(Deno.stdout, { cell: index });
  write(Deno.stderr, { cell: index });
}

export function finish(): void {
  write(Deno.stdout, { finished: true });
}

/** Reports the value of a cell's last expression; nothing for `undefined`. */
export async function result(value: unknown): Promise<void> {
  if (value !== undefined) write(Deno.stdout, { result: await format(value) });
}

async function display(value: unknown, options: { raw?: boolean } = {}): Promise<void> {
  write(Deno.stdout, { display: options.raw ? (value as MimeBundle) : await format(value) });
}

/** The representations of a value: its own, if it has any; an element's markup; else the text Deno prints for it. */
async function format(value: unknown): Promise<MimeBundle> {
  if (typeof value === "object" && value !== null) {
    if (displaySymbol in value) return (await (value[displaySymbol] as () => unknown)()) as MimeBundle;
    if ("outerHTML" in value && typeof value.outerHTML === "string") {
      const type = /^<svg/i.test(value.outerHTML) ? "image/svg+xml" : "text/html";
      return { [type]: value.outerHTML };
    }
  }
  return { "text/plain": Deno.inspect(value, { colors: false }) };
}

/** A tagged template whose value displays as the given media type. */
function template(type: string) {
  return (strings: TemplateStringsArray, ...values: unknown[]) => ({
    [displaySymbol]: () => ({ [type]: String.raw({ raw: strings }, ...values) }),
  });
}

function write(stream: Output, event: Event): void {
  let bytes = new TextEncoder().encode(encodeEvent(event));
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}

// The place where the kernel, too, puts its own; outside a kernel, reading it throws until something is there.
Reflect.set(Deno, "jupyter", {
  $display: displaySymbol,
  display,
  format,
  html: template("text/html"),
  md: template("text/markdown"),
  svg: template("image/svg+xml"),
});
