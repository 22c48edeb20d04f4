/** The results as Markdown tables. */
import { median } from "../../bench/statistics.ts";
import { grouped, markdownTable, type Column } from "../../bench/table.ts";
import type { Course } from "./digits.ts";
import { METHODS } from "./methods.ts";
import type { Monk } from "./monks.ts";
import type { Outcome } from "./problems.ts";

/** What a method made of a problem, for each draw. */
export interface MonkResult {
  readonly monk: Monk;
  readonly method: string;
  readonly outcomes: readonly Outcome[];
}

/** Of the rows of the table of digits. */
const LEVELS = [1000, 900, 700, 500, 350, 250, 200, 150, 100, 70, 50];

/** A row for each problem and method: medians over draws and starts, and their range. */
export function monkTable(results: readonly MonkResult[]): string {
  const headings = ["", "", "weights", "published, OBS", "as accurate, trained again", "never trained again", "chosen by the evidence", "test accuracy of that"];
  return markdownTable(headings.map((heading, i): Column => ({ heading, align: i < 2 ? "left" : "right" })), results.map(monkRow));
}

function monkRow({ monk: { name, published }, method, outcomes }: MonkResult): string[] {
  const first = method === METHODS[0].name;
  const accuracies = outcomes.map(({ chosen }) => 100 * chosen.accuracy);
  return [
    first ? name : "",
    method,
    first ? `${published.before}` : "",
    first ? `${published.after}` : "",
    spread(outcomes.flatMap(({ smallest }) => smallest)),
    spread(outcomes.flatMap(({ smallestUntrained }) => smallestUntrained)),
    spread(outcomes.map(({ chosen }) => chosen.weights)),
    `${median(accuracies).toFixed(1)} % (${Math.min(...accuracies).toFixed(1)} to ${Math.max(...accuracies).toFixed(1)})`,
  ];
}

/** `14 (12 to 19)`. */
function spread(values: readonly number[]): string {
  return `${median(values)} (${Math.min(...values)} to ${Math.max(...values)})`;
}

/** Test accuracy of the networks of each method, by the weights that they have. */
export function digitsTable(all: readonly Course[]): string {
  const names = METHODS.map(({ name }) => name);
  const columns: Column[] = [{ heading: "weights left", align: "right" }, ...names.map((heading): Column => ({ heading, align: "right" })), ...names.map((name): Column => ({ heading: `${name}, never trained again`, align: "right" }))];
  const whole = all[0].steps[0].weights;
  const rows = LEVELS.filter((level) => level <= whole).map((level) => [grouped(level), ...all.map(({ steps }) => percent(at(steps, level)))]);
  const chosen = ["chosen by the evidence", ...all.map(({ steps, best }) => `${percent(steps.find(({ weights }) => weights === best))} with ${grouped(best)}`)];
  return markdownTable(columns, [...rows, chosen]);
}

/** The smallest network with at least so many weights. */
function at(steps: Course["steps"], level: number): Course["steps"][number] | undefined {
  return steps.filter(({ weights }) => weights >= level).pop();
}

function percent(step: Course["steps"][number] | undefined): string {
  return `${(100 * (step?.heldOut?.accuracy ?? 0)).toFixed(1)} %`;
}
