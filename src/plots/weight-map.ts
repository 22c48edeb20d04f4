import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe } from "../errors.ts";
import type { TensorReport, WeightReport } from "../posterior/weight-report.ts";
import { svgDocument } from "./svg-document.ts";
import { COLOR, legendRow, page, placed } from "./page.ts";

/** A weight as it is drawn. */
interface Cell {
  readonly unit: number;
  readonly input: string;
  readonly weight: number;
  readonly ratio: number;
}

/** A weight matrix, with the biases of its units in a last column. */
interface Block {
  readonly name: string;
  readonly rows: number;
  readonly inputs: readonly string[];
  readonly cells: readonly Cell[];
}

const PANEL = 340;
const [TOP, BOTTOM, LEFT] = [28, 44, 48];
const LEGEND = 40;
/** A colour of the palette over the paper, which may be dark. */
interface Shade {
  readonly color: string;
  readonly strength: number;
}

/** What is held at a value: no error bar, no colour. */
const HELD: Shade = { color: COLOR.ink, strength: 0.12 };
const MOST_CELLS = 20_000;

/** Of signal-to-noise ratios: from where on each strength of blue is taken. */
const LEVELS = [
  { from: 0, label: "<1", strength: 0.12 },
  { from: 1, label: "1–2", strength: 0.3 },
  { from: 2, label: "2–4", strength: 0.5 },
  { from: 4, label: "4–8", strength: 0.75 },
  { from: 8, label: "≥8", strength: 1 },
] as const;

/**
 * The weights of a network, a row of two maps for each layer: the weights themselves, and how many error bars each is away from zero, $\vert w \vert / \sigma$. Units from top to bottom, inputs from left to right, biases last; weights that are
 * not in the posterior, as those that {@link pruned} holds at zero, are grey.
 *
 * @category Plots
 * @param report - What {@link weightReport} gives, of at most 20,000 weights.
 * @returns An svg element as text, with a background of its own.
 * @throws {@link InvalidArgumentError} for anything else.
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, weightReport } from "laplace-ts";
 * import { weightMap } from "laplace-ts/plots";
 * const data = { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] };
 * const posterior = await laplace(mlp([1, 3, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * console.log(weightMap(weightReport(posterior)).slice(0, 4)); // <svg
 * ```
 */
export function weightMap(report: WeightReport): string {
  const blocks = blocksOf(checkedTensors(report));
  const largest = blocks.reduce((most, { cells }) => cells.reduce((value, { weight }) => Math.max(value, Math.abs(weight)), most), 0) || 1;
  const parts: string[] = [];
  let y = LEGEND;
  for (const block of blocks) {
    const height = TOP + BOTTOM + Math.min(280, Math.max(28, 14 * block.rows));
    const shades = [({ weight }: Cell): Shade => diverging(weight / largest), ({ ratio }: Cell): Shade => ({ color: COLOR.blue, strength: LEVELS.reduce<number>((found, { from, strength }) => (ratio >= from ? strength : found), LEVELS[0].strength) })];
    shades.forEach((shade, i) => parts.push(placed(map(block, height, shade), i * PANEL, y)));
    y += height;
  }
  return page(2 * PANEL, y, [legends(largest), ...parts]);
}

function legends(largest: number): string {
  const square = ({ color, strength }: Shade): string => `<rect x="6" y="-11" width="12" height="12" fill="${color}" fill-opacity="${strength}" stroke="${COLOR.ink}" stroke-width="0.5"/>`;
  const size = largest.toPrecision(2);
  const weights = [{ label: `−${size}`, symbol: square(diverging(-1)) }, { label: "0", symbol: square(diverging(0)) }, { label: size, symbol: square(diverging(1)) }, { label: "held", symbol: square(HELD) }];
  const ratios = LEVELS.map(({ label, strength }) => ({ label, symbol: square({ color: COLOR.blue, strength }) }));
  const title = (text: string, x: number): string => `<text x="${x + 12}" y="14" fill="${COLOR.ink}" font-weight="bold">${text}</text>`;
  const row = (entries: string, x: number): string => `<g transform="translate(${x + 6}, 18)">${entries}</g>`;
  return [title("weight", 0), row(legendRow(weights), 0), title("weight / error bar", PANEL), row(legendRow(ratios), PANEL)].join("");
}

function map({ name, rows, inputs, cells }: Block, height: number, shade: (cell: Cell) => Shade): ReturnType<typeof Plot.plot> {
  const few = (count: number, index: number): boolean => count <= 12 || index % Math.ceil(count / 10) === 0;
  const units = Array.from({ length: rows }, (_, i) => i + 1);
  const all = units.flatMap((unit) => inputs.map((input) => ({ unit, input })));
  const position = { x: "input", y: "unit", inset: 0.5 };
  return Plot.plot({
    document: svgDocument(),
    width: PANEL,
    height,
    marginLeft: LEFT,
    marginRight: 14,
    marginTop: TOP,
    marginBottom: BOTTOM,
    padding: 0,
    x: { type: "band", domain: inputs, label: `${name}, inputs`, labelArrow: "none", labelAnchor: "center", ticks: inputs.filter((input, i) => input === BIAS || (few(inputs.length, i) && (inputs.length <= 12 || inputs[i + 1] !== BIAS))) },
    y: { type: "band", domain: units, label: "unit", labelArrow: "none", ticks: units.filter((_, i) => rows <= 20 || few(rows, i)) },
    // Strengths as they are, not stretched to what a panel has.
    opacity: { type: "identity" },
    marks: [
      // Paper below the weights in the posterior, on which their colours stand as in the legend.
      Plot.cell(all, { ...position, fill: HELD.color, fillOpacity: HELD.strength }),
      Plot.cell(cells, { ...position, fill: COLOR.paper }),
      Plot.cell(cells, { ...position, fill: (cell: Cell) => shade(cell).color, fillOpacity: (cell: Cell) => shade(cell).strength }),
    ],
  });
}

const BIAS = "b";

/** Each weight matrix with the biases that follow it. */
function blocksOf(tensors: readonly TensorReport[]): Block[] {
  const blocks: (Block & { readonly layer: number })[] = [];
  for (const { name, layer, role, rows, columns, row, column, weight, signalToNoise } of tensors) {
    const cells = Array.from(weight, (value, e): Cell => ({ unit: row[e] + 1, input: role === "biases" ? BIAS : `${column[e] + 1}`, weight: value, ratio: signalToNoise[e] }));
    const last = blocks[blocks.length - 1] as (typeof blocks)[number] | undefined;
    if (role === "biases" && last?.layer === layer && last.rows === rows && !last.inputs.includes(BIAS)) {
      blocks[blocks.length - 1] = { ...last, inputs: [...last.inputs, BIAS], cells: [...last.cells, ...cells] };
    } else {
      blocks.push({ name: name.replace(/\.(weights|biases)$/, ""), layer, rows, inputs: role === "biases" ? [BIAS] : Array.from({ length: columns }, (_, i) => `${i + 1}`), cells });
    }
  }
  return blocks;
}

/** From orange at -1 by the colour of the paper to blue at 1. */
function diverging(share: number): Shade {
  return { color: share < 0 ? COLOR.orange : COLOR.blue, strength: Math.min(1, Math.abs(share)) };
}

function checkedTensors(report: WeightReport): readonly TensorReport[] {
  const tensors = (report as Partial<WeightReport> | null | undefined)?.tensors;
  if (!Array.isArray(tensors) || tensors.length === 0) throw new InvalidArgumentError({ argument: "report", expected: "what weightReport() gives", received: describe(report), advice: "Pass weightReport(posterior)." });
  const count = (tensors as readonly TensorReport[]).reduce((sum, { weight }) => sum + weight.length, 0);
  if (count > MOST_CELLS) throw new InvalidArgumentError({ argument: "report", expected: `at most ${MOST_CELLS} weights to draw`, received: `${count}`, advice: "Report on a part, as that of lastLayer(model) or of subnetwork(model, byName(\"layer1\"))." });
  return tensors as readonly TensorReport[];
}
