// Opens in Chromium the page of a project in which the package is installed, as Vite builds it and as Vite serves it while it is being developed:
// tsx open-page.ts FOLDER
import { pathToFileURL } from "node:url";
import { createServer } from "vite";
import { serveBuilt, startChromium } from "../../test/browser/chromium.ts";

const root = pathToFileURL(`${process.argv[2]}/`);

async function open(url: string): Promise<void> {
  const page = await browser.newPage();
  page.on("console", (message) => console.log(`${message.type()}: ${message.text()}`));
  await page.goto(url);
  await page.waitForFunction(() => document.title !== "working", undefined, { timeout: 60_000 });
  const title = await page.title();
  if (title !== "done") throw new Error(`The page ${title}`);
}

const browser = await startChromium();
try {
  const built = await serveBuilt(root, `${process.argv[2]}/dist`);
  await open(built.url);
  await built.close();
  const server = await createServer({ root: process.argv[2], logLevel: "warn", server: { port: 0 } });
  await server.listen();
  await open(server.resolvedUrls!.local[0]);
  await server.close();
} finally {
  await browser.close();
}
