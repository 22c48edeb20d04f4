import { afterEach, describe, expect, it, vi } from "vitest";
import { checkpoints, type Progress } from "../src/progress.ts";

afterEach(() => void vi.restoreAllMocks());

/** Lets the test say what time it is. */
function clock(): { advance(milliseconds: number): void } {
  let now = 1000;
  vi.spyOn(Date, "now").mockImplementation(() => now);
  return { advance: (milliseconds) => (now += milliseconds) };
}

describe("checkpoints", () => {
  it("reports every step", async () => {
    const seen: Progress[] = [];
    const checkpoint = checkpoints({ onProgress: (progress) => seen.push(progress) });
    await checkpoint({ stage: "training", done: 1, total: 2, value: 0.5 });
    await checkpoint({ stage: "training", done: 2, total: 2 });
    expect(seen).toEqual([{ stage: "training", done: 1, total: 2, value: 0.5 }, { stage: "training", done: 2, total: 2 }]);
  });

  it("needs neither a signal nor a listener", async () => {
    await expect(checkpoints({})({ stage: "training", done: 1 })).resolves.toBeUndefined();
  });

  it("rejects with the reason of an aborted signal and reports no more", async () => {
    const controller = new AbortController();
    const onProgress = vi.fn();
    const checkpoint = checkpoints({ signal: controller.signal, onProgress });
    await checkpoint({ stage: "training", done: 1 });
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(checkpoint({ stage: "training", done: 2 })).rejects.toBe(reason);
    expect(onProgress).toHaveBeenCalledTimes(1);
    await expect(checkpoints({ signal: AbortSignal.abort() })({ stage: "training", done: 1 })).rejects.toHaveProperty("name", "AbortError");
  });

  it("lets the event loop breathe once 30 milliseconds have gone, and not before", async () => {
    const time = clock();
    const checkpoint = checkpoints({});
    let breathed = false;
    setTimeout(() => (breathed = true));
    await checkpoint({ stage: "training", done: 1 });
    time.advance(29);
    await checkpoint({ stage: "training", done: 2 });
    expect(breathed).toBe(false);
    time.advance(1);
    await checkpoint({ stage: "training", done: 3 });
    expect(breathed).toBe(true);
    // And not again until another 30 have gone.
    let again = false;
    setTimeout(() => (again = true));
    await checkpoint({ stage: "training", done: 4 });
    expect(again).toBe(false);
  });

  it("hears an abort that comes while the event loop breathes", async () => {
    const time = clock();
    const controller = new AbortController();
    const checkpoint = checkpoints({ signal: controller.signal });
    time.advance(100);
    setTimeout(() => controller.abort(new Error("stop button")));
    await expect(checkpoint({ stage: "prediction", done: 1 })).rejects.toThrow("stop button");
  });

  it("passes on what a listener throws", async () => {
    const checkpoint = checkpoints({
      onProgress: () => {
        throw new Error("listener");
      },
    });
    await expect(checkpoint({ stage: "training", done: 1 })).rejects.toThrow("listener");
  });
});
