import { readFileSync } from "node:fs";

/**
 * Bytes of memory that this process holds now, and the most that it ever held. Linux is asked for those of the program that
 * runs: elsewhere (and in `maxRSS` on Linux too) the peak may count what the parent held when it started this process.
 */
export function residentMemory(): { readonly now: number; readonly peak: number } {
  const now = process.memoryUsage.rss();
  if (process.platform !== "linux") return { now, peak: process.resourceUsage().maxRSS * 1024 };
  const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return { now, peak: peak === null ? process.resourceUsage().maxRSS * 1024 : Number(peak[1]) * 1024 };
}
