/** The MONK's problems (Thrun et al. 1991), made from their rules: six attributes of a robot, and which robots belong to a class. */
import { random } from "laplace-ts";

export interface Monk {
  readonly name: string;
  /** Whether a robot with these attributes, counted from 1, is in the class. */
  readonly rule: (attributes: readonly number[]) => boolean;
  /** How many of the 432 robots are to learn from. */
  readonly training: number;
  /** The share of these whose class is wrong. */
  readonly noise: number;
  readonly hiddenUnits: number;
  /** A shorter rule that a small network may come to instead, where noise hides the difference: that of 97.2 % of all robots in the third problem. */
  readonly shortRule?: Monk["rule"];
  /** What Hassibi and Stork (1993) report: weights of a network trained with weight decay, and after Optimal Brain Surgeon, with the accuracies of both in percent. */
  readonly published: { readonly before: number; readonly after: number; readonly training: number; readonly test: number };
}

export interface LabelledRows {
  readonly inputs: number[][];
  readonly targets: number[];
}

/** How many values each attribute has. */
const VALUES = [3, 3, 2, 3, 4, 2];
const ROBOTS = VALUES.reduce<readonly (readonly number[])[]>((robots, count) => robots.flatMap((robot) => Array.from({ length: count }, (_, i) => [...robot, i + 1])), [[]]);

export const MONKS: readonly Monk[] = [
  { name: "MONK-1", rule: ([a1, a2, , , a5]) => a1 === a2 || a5 === 1, training: 124, noise: 0, hiddenUnits: 3, published: { before: 58, after: 14, training: 100, test: 100 } },
  { name: "MONK-2", rule: (attributes) => attributes.filter((value) => value === 1).length === 2, training: 169, noise: 0, hiddenUnits: 2, published: { before: 39, after: 15, training: 100, test: 100 } },
  { name: "MONK-3", rule: ([, a2, , a4, a5]) => (a5 === 3 && a4 === 1) || (a5 !== 4 && a2 !== 3), shortRule: ([, a2, , , a5]) => a5 !== 4 && a2 !== 3, training: 122, noise: 0.05, hiddenUnits: 2, published: { before: 39, after: 4, training: 93.4, test: 97.2 } },
];

export interface Robots extends LabelledRows {
  /** The share of these robots that the short rule, or else the rule, gets right. */
  readonly goal: number;
}

/** All 432 robots, an input of 0 or 1 for each value of each attribute: 17; in the class or not, without noise. */
export function allRobots(monk: Monk): Robots {
  return labelled(monk, ROBOTS, 0);
}

/** Robots to learn from, drawn without replacement. The authors' own draws do not follow from their rules. */
export function drawRobots(monk: Monk, seed: number): Robots {
  const source = random(seed);
  const robots = [...ROBOTS];
  for (let i = 0; i < monk.training; i++) {
    const other = i + source.integer(robots.length - i);
    [robots[i], robots[other]] = [robots[other], robots[i]];
  }
  return labelled(monk, robots.slice(0, monk.training), Math.round(monk.noise * monk.training));
}

/** The first robots get the wrong class. */
function labelled({ rule, shortRule = rule }: Monk, robots: readonly (readonly number[])[], wrong: number): Robots {
  const targets = robots.map((robot, i) => (rule(robot) !== i < wrong ? 1 : 0));
  return {
    inputs: robots.map((robot) => robot.flatMap((value, a) => Array.from({ length: VALUES[a] }, (_, i) => (value === i + 1 ? 1 : 0)))),
    targets,
    goal: robots.filter((robot, i) => shortRule(robot) === (targets[i] === 1)).length / robots.length,
  };
}
