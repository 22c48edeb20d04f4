/** Log evidence and test error of networks of many sizes, after MacKay (1992b), as SVG text. */
import { seriesPanels, type SeriesPanel, type SeriesPoint, type SeriesScale } from "laplace-ts/plots";
import type { Network, Precisions } from "./networks.ts";

const NAMES: Readonly<Record<Precisions, string>> = { three: "three precisions", one: "one precision for all weights" };

/** What the picture shows beside the networks. */
interface Marks {
  /** The fewest hidden units of the networks in the last panel. */
  readonly fromUnits: number;
  /** What is said of them there. */
  readonly note: string;
  /** The test error of the function behind the data. */
  readonly truth: number;
}

interface Axis {
  readonly label: string;
  readonly value: (network: Network) => number;
  readonly type?: SeriesScale["type"];
  /** Networks beyond it are left out. */
  readonly domain: readonly [number, number];
}

/** A dot for each network: log evidence and test error against hidden units, and against each other. */
export function robotArmPicture(networks: readonly Network[], { fromUnits, note, truth }: Marks): string {
  const able = networks.filter(({ units }) => units >= fromUnits);
  const evidences = able.flatMap(({ logEvidence, withSymmetries }) => [logEvidence, withSymmetries]);
  const domain = roomAround(Math.min(...evidences), Math.max(...evidences));
  const errors: Axis = { label: "test error / noise variance", value: ({ testError }) => testError, type: "log", domain: [0.95 * truth, 1.1 * Math.max(...networks.map(({ testError }) => testError))] };
  const ableErrors: Axis = { ...errors, domain: [0.98 * truth, 1.02 * Math.max(...able.map(({ testError }) => testError))] };
  const one: Axis = { label: "log evidence, one mode (nats)", value: ({ logEvidence }) => logEvidence, domain };
  const all: Axis = { label: "log evidence, with symmetries (nats)", value: ({ withSymmetries }) => withSymmetries, domain };
  // Sizes are points on a line; the two kinds of prior stand side by side.
  const most = Math.max(...networks.map(({ units }) => units));
  const size: Axis = { label: "hidden units", value: ({ units, precisions }) => units + (precisions === "three" ? -0.17 : 0.17), domain: [0.4, most + 0.6] };
  const panels = [panel(networks, size, one), panel(networks, size, all), { ...panel(networks, size, errors), level: truth }, { ...panel(able, all, ableErrors), level: truth, note }];
  return seriesPanels(panels, { lines: false, legend: { level: "the function behind the data" } });
}

function panel(networks: readonly Network[], x: Axis, y: Axis): SeriesPanel {
  const visible = networks.filter((network) => [x, y].every(({ value, domain: [from, to] }) => value(network) >= from && value(network) <= to));
  const dots = (precisions: Precisions): SeriesPoint[] => visible.filter((network) => network.precisions === precisions).map((network) => ({ x: x.value(network), y: y.value(network) }));
  return { labels: { x: x.label, y: y.label }, x: scale(x), y: scale(y), series: { [NAMES.three]: dots("three"), [NAMES.one]: dots("one") } };
}

function scale({ type = "linear", domain }: Axis): SeriesScale {
  return { type, domain };
}

function roomAround(least: number, most: number): readonly [number, number] {
  const room = 0.04 * (most - least);
  return [least - room, most + room];
}
