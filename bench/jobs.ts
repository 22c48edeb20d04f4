import type { Size } from "./problem.ts";
import type { Request } from "./protocol.ts";

/** Something that both sides do, to be timed side by side. */
export interface Job {
  /** What is done, after the sizes of the network. */
  readonly what: string;
  readonly size: Size;
  /** The same in small, to show in a moment that it works. */
  readonly small: Size;
  /** The method that laplace-ts is asked for. */
  readonly ours: string;
  /** The method that the peer is asked for. */
  readonly peers: string;
  /** What the peer computes with: what its user would, float32 being PyTorch's default. laplace-ts always takes float64. */
  readonly peersFloat: Request["float"];
}

const curve: Size = { sizes: [1, 50, 1], likelihood: "gaussian", examples: 150, points: 1000 };
const smallCurve: Size = { sizes: [1, 5, 1], likelihood: "gaussian", examples: 20, points: 30 };
const table: Size = { sizes: [10, 50, 50, 1], likelihood: "gaussian", examples: 1000, points: 1000 };
const smallTable: Size = { sizes: [3, 4, 4, 1], likelihood: "gaussian", examples: 30, points: 30 };
const digits: Size = { sizes: [784, 64, 10], likelihood: "categorical", examples: 1000, points: 1000 };
const smallDigits: Size = { sizes: [12, 6, 4], likelihood: "categorical", examples: 40, points: 30 };
const million: Size = { sizes: [784, 1024, 192, 1], likelihood: "gaussian", examples: 2000, points: 1000 };
const smallMillion: Size = { sizes: [12, 16, 8, 1], likelihood: "gaussian", examples: 40, points: 30 };

/** All jobs, in the order of their tables. */
export const jobs: readonly Job[] = [
  { what: "full", size: curve, small: smallCurve, ours: "full", peers: "full", peersFloat: "float64" },
  { what: "full", size: table, small: smallTable, ours: "full", peers: "full", peersFloat: "float64" },
  { what: "last layer, full", size: digits, small: smallDigits, ours: "lastLayer", peers: "lastLayer", peersFloat: "float64" },
  { what: "diagonal", size: digits, small: smallDigits, ours: "diagonal", peers: "diagonal", peersFloat: "float32" },
  { what: "Kronecker", size: digits, small: smallDigits, ours: "kronecker", peers: "kronecker", peersFloat: "float32" },
  { what: "tuning the prior precision", size: curve, small: smallCurve, ours: "tuning", peers: "tuning", peersFloat: "float64" },
  { what: "tuning it by 100 steps of Adam on both sides", size: curve, small: smallCurve, ours: "tuningByAdam", peers: "tuningByAdam", peersFloat: "float64" },
  { what: "full, a million weights", size: million, small: smallMillion, ours: "full", peers: "functionSpace", peersFloat: "float64" },
];

/** The sizes in words: `784-64-10, N = 1,000, diagonal`. */
export function title({ what }: Job, { sizes, examples }: Size): string {
  return `${sizes.join("-")}, N = ${examples.toLocaleString("en-US")}: ${what}`;
}
