import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { build, preview, type PreviewServer } from "vite";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** The Chromium of this machine: that of the variable CHROMIUM, or the one where its packages put it. */
export async function startChromium(): Promise<Browser> {
  const executablePath = [process.env["CHROMIUM"] ?? "", ...CANDIDATES].find((path) => path !== "" && existsSync(path));
  if (executablePath === undefined) throw new Error("No Chromium was found. Install it (Debian: apt-get install chromium), or say where it is by the environment variable CHROMIUM.");
  // In a container there is no sandbox for root, and /dev/shm is small.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A page that Vite builds, served as the static files that it is. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the page of a folder, with the configuration that is there, into another folder and serves that. */
export async function serveBuilt(root: URL, outDir: string): Promise<Site> {
  const common = { root: fileURLToPath(root), logLevel: "warn", build: { outDir, emptyOutDir: true } } as const;
  await build(common);
  const server: PreviewServer = await preview({ ...common, preview: { port: 0 } });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("The server of the built page has no address.");
  return { url, close: () => server.close() };
}
