import { cpus } from "node:os";

/** What numbers were measured on: the model of the processor and the version of Node. */
export function machine(): string {
  return `${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}`;
}
