import { splitLines, type MimeBundle, type Output } from "./notebook.ts";

/**
 * What a running notebook writes between the text it prints: a JSON event between two NUL characters, which printed
 * text does not contain. So order is kept, and whatever reaches the terminal is captured.
 */
export type Event = { cell: number } | { display: MimeBundle } | { result: MimeBundle } | { finished: true };

const mark = "\u0000";

export function encodeEvent(event: Event): string {
  return mark + JSON.stringify(event) + mark;
}

/** The outputs of each code cell, and how far the run came. */
export interface Captured {
  outputs: Output[][];
  /** Index of the cell that ran last; -1 before the first one. */
  lastCell: number;
  finished: boolean;
}

/** Sorts what the process wrote to its two streams into the outputs of `cellCount` cells. */
export function capture(stdout: string, stderr: string, cellCount: number): Captured {
  const outputs = Array.from({ length: cellCount }, (): Output[] => []);
  let lastCell = -1;
  let finished = false;
  for (const [name, written] of [["stdout", stdout], ["stderr", stderr]] as const) {
    let current = -1;
    written.split(mark).forEach((part, index) => {
      const isText = index % 2 === 0;
      if (isText) {
        if (part !== "" && current >= 0) outputs[current].push({ output_type: "stream", name, text: splitLines(part) });
        return;
      }
      const event = JSON.parse(part) as Event;
      if ("cell" in event) current = event.cell;
      else if ("finished" in event) finished = true;
      else outputs[current].push(richOutput(event, current));
    });
    lastCell = Math.max(lastCell, current);
  }
  return { outputs, lastCell, finished };
}

function richOutput(event: { display: MimeBundle } | { result: MimeBundle }, cell: number): Output {
  if ("display" in event) return { output_type: "display_data", data: storedBundle(event.display), metadata: {} };
  return { output_type: "execute_result", data: storedBundle(event.result), metadata: {}, execution_count: cell + 1 };
}

function storedBundle(bundle: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, value]) => {
      const isLines = typeof value === "string" && (type.startsWith("text/") || type === "image/svg+xml");
      return [type, isLines ? splitLines(value) : value];
    }),
  );
}
