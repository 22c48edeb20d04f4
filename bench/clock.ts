import type { Request } from "./protocol.ts";

/** Seconds since some moment: of processor time that this process has used, or on the wall. */
export function clock(kind: Request["clock"]): () => number {
  if (kind === "wall") return () => performance.now() / 1000;
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
}
