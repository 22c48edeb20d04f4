import type { Browser, Page } from "playwright-core";

/** The longest task of the main thread of a page, in milliseconds. */
export interface LongestTask {
  /** Of the processor, whatever else it has to do. */
  readonly processor: number;
  /** By the clock, as PerformanceObserver sees it; 0 where it is below 50. */
  readonly clock: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Has PerformanceObserver keep the long tasks of what the page will show. */
export async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask", buffered: true });
  });
}

/** The longest task while something is done on a page that {@link watchTasks} has seen first. */
export async function longestTask(browser: Browser, page: Page, what: () => Promise<void>): Promise<LongestTask> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await what();
  // The main thread must have come to rest to answer this, so that the trace has all of its tasks.
  const clock = await page.evaluate(() => Math.max(0, ...(globalThis as unknown as { longTasks: readonly number[] }).longTasks));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threads = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(threadOf));
  const tasks = traceEvents.filter((event) => event.name.endsWith("RunTask") && event.tdur !== undefined && threads.has(threadOf(event)));
  if (tasks.length === 0) throw new Error("The trace has no tasks of the main thread.");
  return { processor: tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0), clock };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}
