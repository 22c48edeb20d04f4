// Follows the README's section on a first plot to the letter, writes its files, runs its commands, and looks at the pictures:
// tsx first-plot.ts FOLDER, in which laplace-ts/ is a clone
import { execSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { preview } from "vite";
import { startChromium } from "../../test/browser/chromium.ts";

const folder = process.argv[2];
const section = readFileSync(`${folder}/laplace-ts/README.md`, "utf8").split(/^## /m).find((text) => text.startsWith("A first plot"));
if (section === undefined) throw new Error("The README has no section on a first plot");
const [files, node, page, deno, ...more] = section.split(/^(?=\*\*)/m);
if (deno === undefined || more.length > 0) throw new Error("The section is not of files, Node, a page and Deno: follow its new parts here too");

async function follow(text: string, cwd: string): Promise<void> {
  for (const [, language, code] of text.matchAll(/^```(\w+).*\n([^]*?)^```$/gm)) {
    if (language === "sh") for (const line of code.trim().split("\n")) await run(line, cwd);
    else writeFileSync(`${cwd}/${/^\S+ (\S+)/.exec(code)![1]}`, code); // a comment in the first line has the name
  }
}

async function run(command: string, cwd: string): Promise<void> {
  console.log(`$ ${command}`);
  if (command !== "npx vite") return void execSync(command, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  const server = spawn(command, { cwd, shell: true, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  try {
    let said = "";
    for await (const part of server.stdout) {
      said += part;
      const [url] = /http:\S+/.exec(said) ?? [];
      if (url !== undefined) return await checkPage(url);
    }
    throw new Error(`Vite gave no address: ${said}`);
  } finally {
    if (server.exitCode === null) process.kill(-server.pid!); // with the processes it started
  }
}

async function checkPage(url: string): Promise<void> {
  const browser = await startChromium();
  try {
    const tab = await browser.newPage();
    tab.on("console", (message) => console.log(`${message.type()}: ${message.text()}`));
    await tab.goto(url);
    await tab.waitForSelector('svg [aria-label="area"] path', { timeout: 60_000 });
  } finally {
    await browser.close();
  }
}

function checkSaved(cwd: string): void {
  const svg = readFileSync(`${cwd}/picture.svg`, "utf8");
  if (!/^<svg.*aria-label="area".*aria-label="dot".*<\/svg>\n$/s.test(svg)) throw new Error(`This is no picture of bands and data: ${svg.slice(0, 200)}`);
}

const withNode = `${folder}/first-plot`;
mkdirSync(withNode);
await follow(files + node, withNode);
checkSaved(withNode);

await follow(page, withNode);
const built = await preview({ root: withNode, logLevel: "warn", preview: { port: 0 } });
await checkPage(built.resolvedUrls!.local[0]);
await built.close();

const withDeno = `${folder}/first-plot-with-deno`;
mkdirSync(withDeno);
await follow(files + deno, withDeno);
checkSaved(withDeno);
