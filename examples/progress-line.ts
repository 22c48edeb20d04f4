/** Shows how far a program has come: one line that is overwritten on a terminal, plain lines elsewhere. */
import process from "node:process";

export interface ProgressLine {
  /** Replaces the line; nothing where there is no terminal. */
  update(text: string): void;
  /** Leaves a line that stays. */
  done(text: string): void;
}

export function progressLine(): ProgressLine {
  const { stderr } = process;
  const clear = stderr.isTTY ? "\r\u001b[K" : "";
  return {
    update: (text) => {
      if (stderr.isTTY) stderr.write(clear + text);
    },
    done: (text) => {
      stderr.write(`${clear}${text}\n`);
    },
  };
}
