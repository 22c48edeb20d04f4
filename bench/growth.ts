/**
 * How the costs of each structure grow with examples, weights and outputs: `npm run bench:growth` measures, in some minutes, writes the
 * tables into docs/performance.md and draws docs/images/growth.svg. `-- --smoke` only shows that it works, and writes nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePicture } from "../examples/picture-file.ts";
import { measure, type Cost } from "./growth/measure.ts";
import { growthPicture } from "./growth/plot.ts";
import { axes, smallAxes } from "./growth/sizes.ts";
import { growthTables } from "./growth/table.ts";
import { machine } from "./machine.ts";
import type { Size } from "./problem.ts";
import { withSection } from "./section.ts";
import { structures } from "./structures.ts";

/** Seconds of a size after which larger ones are not tried. */
const PATIENCE = 30;

const smoke = process.argv.includes("--smoke");
const grown = smoke ? smallAxes : axes;
const scratch = mkdtempSync(join(tmpdir(), "laplace-ts-"));
const costs = new Map<string, Map<Size, Cost | undefined>>();
try {
  for (const structure of Object.keys(structures)) costs.set(structure, await costsOf(structure));
} finally {
  rmSync(scratch, { recursive: true });
}

const tables = `${machine()}. Medians of processor time.\n\n${growthTables(grown, costs)}`;
const picture = growthPicture(grown, costs);
console.log(tables);
if (!smoke) {
  const page = new URL("../docs/performance.md", import.meta.url);
  writeFileSync(page, withSection(readFileSync(page, "utf8"), "growth", tables));
  writePicture(new URL("../docs/images/growth.svg", import.meta.url), picture);
}

/** Along each axis as far as patience and memory go. */
async function costsOf(structure: string): Promise<Map<Size, Cost | undefined>> {
  const known = new Map<string, Cost | undefined>(); // the middle is on every axis
  const bySize = new Map<Size, Cost | undefined>();
  for (const { sizes } of grown) {
    let seconds = 0;
    for (const size of sizes) {
      const key = JSON.stringify(size);
      if (!known.has(key)) known.set(key, seconds > PATIENCE ? undefined : await measure(structure, size, join(scratch, String(known.size)), smoke ? 0 : 1));
      const cost = known.get(key);
      bySize.set(size, cost);
      if (cost !== undefined) seconds = cost.fit + cost.predict;
    }
  }
  return bySize;
}
