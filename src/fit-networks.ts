import { toTable, type Data, type MatrixLike } from "./data.ts";
import { InvalidArgumentError, describe } from "./errors.ts";
import { stackingWeights } from "./evidence/stacking.ts";
import { fittedAt, type FitOptions, type Fitted } from "./fit.ts";
import { examples } from "./likelihood/examples.ts";
import type { Likelihood } from "./likelihood/likelihood.ts";
import { examplesOf, fitMember, type Member, type MemberParts, type MemberTask } from "./member.ts";
import type { DenseNetwork } from "./model/dense-network.ts";
import { mlp } from "./model/mlp.ts";
import type { Networks } from "./networks.ts";
import { mixture, type Mixture } from "./posterior/mixture.ts";
import { predict, type PredictOptions, type PredictionOf } from "./predictive/predict.ts";
import { checkpoints, workerCount } from "./progress.ts";
import { permutation, random } from "./random.ts";
import { columns, significant } from "./report.ts";
import { inWorkers } from "./workers/in-workers.ts";

/**
 * A network of a family, fitted.
 *
 * @category Fitting
 */
export interface FittedNetwork<L extends Likelihood> extends Fitted<DenseNetwork, L> {
  /** The numbers of units in its hidden layers. */
  readonly hidden: readonly number[];
  /** Of its initial weights. */
  readonly seed: number;
  /** What it counts in predictions. */
  readonly weight: number;
}

/**
 * A size that was tried.
 *
 * @category Fitting
 */
export interface TriedSize {
  /** The numbers of units in the hidden layers. */
  readonly hidden: readonly number[];
  /** The mean log density of examples held out, in the units of the targets; undefined where none were held out. */
  readonly heldOut: number | undefined;
  /** What all networks of this size count together. */
  readonly weight: number;
}

/**
 * A family of networks, fitted: what {@link fit} resolves to for {@link networks}.
 *
 * @category Fitting
 */
export interface FittedNetworks<L extends Likelihood> {
  /** The networks whose predictions are mixed. */
  readonly members: readonly FittedNetwork<L>[];
  /** The sizes that were tried. */
  readonly sizes: readonly TriedSize[];
  /** The member of the highest evidence. */
  readonly best: FittedNetwork<L>;
  /** The mixture of the members' posteriors. */
  readonly posterior: Mixture<DenseNetwork, L>;
  /** {@link Mixture.logEvidence}. */
  readonly logEvidence: number;
  /** The mixture of the members' predictions, as {@link predict} makes it. */
  predict(inputs: MatrixLike, options?: PredictOptions<L>): Promise<PredictionOf<L>>;
  /** A line for each size and for each member. */
  summary(): string;
}

/** Sizes of less weight are left out. */
const LEAST_WEIGHT = 0.05;

/** Of each network, unless told otherwise: the differences between modes are larger than what further steps would change. */
const TRAINING = { maximumIterations: 150, gradientTolerance: 1e-5 };

/** What {@link fit} does for a family. */
export async function fitNetworks<L extends Likelihood>(family: Networks, likelihood: L, data: Data, options: FitOptions): Promise<FittedNetworks<L>> {
  const { seed, restarts } = family;
  const parts = memberParts(family, likelihood, data, options);
  const { hidden } = family;
  const rows = parts.inputs.rows;
  const folds = family.weights === "stacking" && hidden.length > 1 ? foldsOf(rows, family.folds, seed) : [];

  const trials = hidden.flatMap((units) => folds.map((heldOut, fold) => ({ hidden: units, seed: seed + fold, heldOut })));
  const logDensities = hidden.map(() => new Float64Array(rows));
  let done = 0;
  for await (const { logDensity } of fitMembers(parts, trials, options, "cross-validation")) {
    const { heldOut } = trials[done];
    heldOut.forEach((n, i) => (logDensities[Math.floor(done / folds.length)][n] = logDensity[i]));
    done++;
  }
  const weightOf = folds.length > 0 ? kept(stackingWeights(logDensities)) : new Float64Array(hidden.length).fill(1 / hidden.length);

  // Linear networks have one mode.
  const restartsOf = ({ length }: readonly number[]): number => (length === 0 ? 1 : restarts);
  const tasks = hidden.flatMap((units, i) => Array.from({ length: weightOf[i] > 0 ? restartsOf(units) : 0 }, (_, k) => ({ hidden: units, seed: seed + k, heldOut: new Int32Array(0), size: i })));
  const found: Fitted<DenseNetwork, L>[] = [];
  for await (const { training } of fitMembers(parts, tasks, options, "networks")) found.push(await fittedAt(training, examplesOf(parts.inputs, parts.targets), options));
  const posterior = mixture(found.map((member) => member.posterior), { weights: family.weights === "evidence" ? "evidence" : tasks.map((task) => weightOf[task.size] / restartsOf(task.hidden)) });

  const members = found.map((member, i) => ({ ...member, hidden: tasks[i].hidden, seed: tasks[i].seed, weight: posterior.weights[i] }));
  const sizes = hidden.map((units, i) => ({
    hidden: units,
    heldOut: folds.length > 0 ? logDensities[i].reduce((sum, value) => sum + value, 0) / rows : undefined,
    weight: members.reduce((sum, member, k) => (tasks[k].size === i ? sum + member.weight : sum), 0),
  }));
  return {
    members,
    sizes,
    best: members.reduce((highest, member) => (member.logEvidence > highest.logEvidence ? member : highest)),
    posterior,
    logEvidence: posterior.logEvidence,
    predict: (inputs, asked) => predict(posterior, inputs, asked),
    summary: () => summary(sizes, members),
  };
}

/** Checks everything once, so that a mistake does not come back from a thread. */
function memberParts<L extends Likelihood>({ hidden, activation }: Networks, likelihood: L, data: Data, options: FitOptions): MemberParts<L> {
  if (typeof data !== "object" || data === null || !("inputs" in data && "targets" in data)) throw new InvalidArgumentError({ argument: "data", expected: "{ inputs, targets }", received: describe(data) });
  const [inputs, targets] = [toTable("data.inputs", data.inputs), toTable("data.targets", data.targets)];
  const outputs = outputsFor(likelihood, targets);
  examples(mlp([inputs.columns, ...hidden[0], outputs], { activation }), likelihood, data);
  const { signal: _, onProgress: __, workers: ___, ...others } = options;
  return { likelihood, inputs, targets, outputs, activation, options: { ...TRAINING, ...others } };
}

/** How many outputs a network for these targets has. */
function outputsFor({ name }: Likelihood, { data, columns: count }: ReturnType<typeof toTable>): number {
  if (name === "heteroscedastic") return 2 * count;
  return name === "categorical" && count === 1 ? data.reduce((most, label) => Math.max(most, label), 0) + 1 : count;
}

/** The examples, shuffled and divided. */
function foldsOf(rows: number, wanted: number, seed: number): Int32Array[] {
  const order = permutation(rows, random(seed));
  const count = Math.min(wanted, rows);
  return Array.from({ length: count }, (_, fold) => order.slice(Math.round((fold * rows) / count), Math.round(((fold + 1) * rows) / count)));
}

/** The fits, in the order of the tasks, here or in threads. */
async function* fitMembers<L extends Likelihood>(parts: MemberParts<L>, tasks: readonly MemberTask[], options: FitOptions, stage: string): AsyncGenerator<Member<L>> {
  const workers = workerCount(options);
  const checkpoint = checkpoints(options);
  const here = async function* (): AsyncGenerator<Member<L>> {
    for (const task of tasks) yield await fitMember({ ...parts, options: { ...parts.options, ...(options.signal && { signal: options.signal }) } }, task);
  };
  const there = (): AsyncGenerator<Member<L>> => inWorkers<Member<L>>(workers, { task: "member", about: parts, batches: tasks.map(({ hidden, seed, heldOut }) => ({ hidden, seed, heldOut: heldOut.slice() })) }, options.signal);
  let done = 0;
  for await (const member of workers === 0 ? here() : there()) {
    await checkpoint({ stage, done: ++done, total: tasks.length });
    yield member;
  }
}

/** Without the sizes that count little, and adding up to 1 again. */
function kept(weights: Float64Array): Float64Array {
  const large = weights.map((weight) => (weight >= LEAST_WEIGHT ? weight : 0));
  const total = large.reduce((sum, weight) => sum + weight, 0);
  return large.map((weight) => weight / total);
}

function summary(sizes: readonly TriedSize[], members: readonly FittedNetwork<Likelihood>[]): string {
  const name = (hidden: readonly number[]): string => (hidden.length === 0 ? "linear" : hidden.join("-"));
  const tried = sizes.map(({ hidden, heldOut, weight }) => [name(hidden), heldOut === undefined ? "" : heldOut.toFixed(3), weight.toFixed(3)]);
  const lines = members.map(({ hidden, seed, logEvidence, effectiveParameters, weight }) => [name(hidden), `${seed}`, significant(logEvidence), effectiveParameters.toFixed(1), weight.toFixed(3)]);
  return `${columns([["hidden units", "held-out log density", "weight"], ...tried])}\n\n${columns([["hidden units", "seed", "log evidence", "effective parameters", "weight"], ...lines])}`;
}
