import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program in a process of its own that is talked to in lines of JSON. */
export interface Conversation {
  /** What it said first. */
  readonly greeting: unknown;
  /** Its answer, or `undefined` when it ended instead. */
  ask(question: unknown): Promise<unknown>;
  stop(): void;
}

/** Starts a program that greets, and then answers line by line, or gives `undefined` where it does not start. */
export async function conversation(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Conversation | undefined> {
  const program = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "inherit"] });
  program.on("error", () => undefined); // no such command: its output ends at once
  program.stdin.on("error", () => undefined); // nor does it read: as above
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    return line.done ? undefined : JSON.parse(line.value);
  };
  const greeting = await next();
  if (greeting === undefined) return undefined;
  return {
    greeting,
    ask(question) {
      program.stdin.write(`${JSON.stringify(question)}\n`);
      return next();
    },
    stop: () => program.stdin.end(),
  };
}
