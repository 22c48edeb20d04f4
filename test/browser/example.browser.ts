import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { serveBuilt, startChromium, type Site } from "./chromium.ts";
import { longestTask, watchTasks } from "./tasks.ts";

/** Milliseconds that no task of the main thread may take: people notice 100. */
const LONGEST_TASK = 100;

const folder = mkdtempSync(join(tmpdir(), "laplace-ts-page-"));
let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  site = await serveBuilt(new URL("../../examples/browser/", import.meta.url), folder);
  browser = await startChromium();
});

afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  page = await newPage(1200, 900);
});

afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

async function newPage(width: number, height: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  const opened = await context.newPage();
  complaints = [];
  opened.on("pageerror", (error) => complaints.push(String(error)));
  opened.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await watchTasks(opened);
  await opened.goto(site.url);
  await opened.locator("#curve path.mean").waitFor();
  return opened;
}

/** Does something, and waits until an attribute or text is another than before. */
async function changes(what: () => Promise<unknown>, value: () => Promise<string | null>): Promise<void> {
  const before = await value();
  await what();
  await expect.poll(value, { timeout: 20_000 }).not.toBe(before);
}

const band = () => page.locator("#curve path.band90").getAttribute("d");
const status = (tab: string) => page.locator(`#${tab} .status`).textContent();
const points = (tab: string) => page.locator(`#${tab} table.points tbody tr`).count();

/** Clicks at shares of the width and height of a plot. */
async function clickAt(plot: Locator, x: number, y: number): Promise<void> {
  const box = (await plot.boundingBox())!;
  await plot.click({ position: { x: x * box.width, y: y * box.height } });
}

/** How wide the 90 % band is at a share of the width, in pixels. */
async function bandWidth(x: number): Promise<number> {
  return page.locator("#curve path.band90").evaluate((path, share) => {
    const svg = (path as SVGPathElement).ownerSVGElement!;
    const ys = Array.from({ length: 800 }, (_, y) => y).filter((y) => {
      const point = Object.assign(svg.createSVGPoint(), { x: share * svg.clientWidth, y });
      return (path as SVGPathElement).isPointInFill(point);
    });
    return ys.length;
  }, x);
}

describe("the curve", () => {
  test("is shown at once, with bands that are wide in the gap of the data", async () => {
    expect(await points("curve")).toBe(13);
    expect(await page.locator("#curve path.draw").count()).toBe(8);
    expect(await bandWidth(0.55)).toBeGreaterThan(2 * (await bandWidth(0.3)));
  });

  test("follows a point that a click adds, where the band gets narrower, and a click on it removes it", async () => {
    const plot = page.locator("#curve svg.plot");
    const before = await bandWidth(0.55);
    await changes(() => clickAt(plot, 0.55, 0.45), band);
    expect(await points("curve")).toBe(14);
    await expect.poll(() => bandWidth(0.55)).toBeLessThan(0.8 * before);
    await changes(() => clickAt(plot, 0.55, 0.45), band);
    expect(await points("curve")).toBe(13);
  });

  test("follows the sliders, also by keyboard", async () => {
    for (const name of ["priorPrecision", "noise"]) {
      const slider = page.locator(`#curve [name=${name}]`);
      const output = page.locator(`output[for=${(await slider.getAttribute("id"))!}]`);
      await changes(() => changes(() => slider.press("PageUp"), () => output.textContent()), band);
      await changes(() => slider.fill("200"), band);
    }
  });

  test("has its hyperparameters chosen by evidence, which is higher then", async () => {
    const evidence = async (): Promise<number> => Number(/Log evidence ([−\d.]+\d)/.exec((await status("curve"))!)?.[1].replace("−", "-") ?? NaN);
    await expect.poll(evidence).not.toBeNaN();
    const before = await evidence();
    await page.locator("#curve [name=choose]").click();
    await expect.poll(evidence, { timeout: 20_000 }).toBeGreaterThan(before);
  });

  test("has its sizes compared, and takes the size that is chosen there", async () => {
    const rows = page.locator("#curve .sizes tbody tr");
    await expect.poll(() => rows.filter({ hasText: "%" }).count(), { timeout: 20_000 }).toBe(8);
    const shares = await rows.locator("td:last-child").allTextContents();
    expect(shares.reduce((sum, text) => sum + parseFloat(text), 0)).toBeCloseTo(100, -1);
    await changes(() => page.getByRole("button", { name: "Use 2 hidden units" }).click(), band);
    expect(await page.locator("#curve [name=hiddenUnits]").inputValue()).toBe("2");
  });

  test("has its points added, changed and removed by keyboard alone", async () => {
    await page.locator("#curve summary").press("Enter");
    const [x, y] = [page.locator("#curve .add-point input").first(), page.locator("#curve .add-point input").last()];
    await x.fill("0.2");
    await y.fill("-0.5");
    await changes(() => y.press("Enter"), band);
    expect(await points("curve")).toBe(14);
    const added = page.getByLabel("y of point 14");
    await added.fill("1.5");
    await changes(() => added.press("Enter"), band);
    const remove = page.getByRole("button", { name: "Remove point 14" });
    await changes(() => remove.press("Enter"), band);
    expect(await points("curve")).toBe(13);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Remove point 13");
  });

  test("says what to do when all points are gone, and starts again", async () => {
    await page.locator("#curve summary").click();
    for (let left = 13; left > 0; left--) await page.getByRole("button", { name: "Remove point 1", exact: true }).click();
    await expect.poll(() => status("curve")).toContain("No points yet");
    expect(await page.locator("#curve path.mean").count()).toBe(0);
    await page.locator("#curve [name=choose]").click();
    await page.locator("#curve [name=reset]").click();
    await page.locator("#curve path.mean").waitFor();
  });
});

describe("the classes", () => {
  const shares = () => page.locator("#classes .share").allTextContents();

  beforeEach(async () => {
    await page.getByRole("tab", { name: "A curve" }).press("ArrowRight");
    await page.locator("#classes path.contour").first().waitFor();
  });

  test("are confident in less of the plot on average over the posterior", async () => {
    const [plugIn, averaged] = (await shares()).map(parseFloat);
    expect(averaged).toBeLessThan(plugIn - 10);
    const strengths = await page.locator("#classes canvas").evaluateAll((canvases) => canvases.map((canvas) => (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 1, 1).data[3]));
    expect(strengths[1]).toBeLessThan(strengths[0]);
  });

  test("follow points of either class, the slider and the evidence", async () => {
    const [first, second] = [page.locator("#classes svg.plot").first(), page.locator("#classes svg.plot").last()];
    const contour = () => second.locator("path.contour:not(.confident)").getAttribute("d");
    await changes(() => clickAt(first, 0.75, 0.2), contour);
    await page.getByLabel("class B").check();
    await changes(() => clickAt(second, 0.2, 0.2), contour);
    expect(await page.locator("#classes table.points tbody select").evaluateAll((selects) => selects.slice(-2).map((select) => (select as HTMLSelectElement).value))).toEqual(["0", "1"]);
    expect(await points("classes")).toBe(18);
    await changes(() => page.locator("#classes [name=priorPrecision]").fill("30"), contour);
    await changes(() => page.locator("#classes [name=choose]").click(), () => page.locator("output[for=classes-prior]").textContent());
  });
});

describe("the page", () => {
  // By processor time, so that it does not depend on what else this machine has to do; on an idle one the clock says the same.
  test("stays responsive: no task of the main thread is long", async () => {
    await page.goto("about:blank");
    const { processor, clock } = await longestTask(browser, page, async () => {
      await page.goto(site.url);
      const plot = page.locator("#curve svg.plot");
      await page.locator("#curve path.mean").waitFor();
      for (let i = 0; i < 12; i++) await clickAt(plot, 0.1 + 0.07 * i, 0.2 + 0.05 * (i % 7));
      for (let step = 0; step <= 240; step += 8) await page.locator("#curve [name=noise]").fill(String(step));
      await page.locator("#curve [name=choose]").click();
      await page.getByRole("tab", { name: "Two classes" }).click();
      await page.locator("#classes path.contour").first().waitFor();
      for (let step = 0; step <= 240; step += 8) await page.locator("#classes [name=priorPrecision]").fill(String(step));
      await expect.poll(() => status("classes"), { timeout: 20_000 }).toContain("Log evidence");
    });
    console.log(`longest task of the main thread: ${processor.toFixed(0)} ms of the processor, ${clock === 0 ? "below 50" : clock} ms by the clock`);
    expect(processor).toBeLessThan(LONGEST_TASK);
  });

  test("fits a phone of 360 pixels", async () => {
    await page.context().close();
    page = await newPage(360, 740);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.locator("#curve summary").click();
    expect(await overflow()).toBe(0);
    await page.getByRole("tab", { name: "Two classes" }).click();
    await page.locator("#classes path.contour").first().waitFor();
    await page.locator("#classes summary").click();
    expect(await overflow()).toBe(0);
  });
});
