import { gather, toTable, type Data, type MatrixLike, type Table } from "./data.ts";
import { InvalidArgumentError, describe } from "./errors.ts";
import { stackingWeights } from "./evidence/stacking.ts";
import { checkVaried, fittedAt, type FitOptions, type Fitted } from "./fit-model.ts";
import { foldsOf } from "./folds.ts";
import { examples } from "./likelihood/examples.ts";
import type { Likelihood } from "./likelihood/likelihood.ts";
import type { Pooling } from "./likelihood/pooled-student-t.ts";
import type { ScaleTrend } from "./likelihood/scale-trend.ts";
import { logSumExp } from "./likelihood/softmax.ts";
import { isStudentT, studentT } from "./likelihood/student-t.ts";
import { concatenated } from "./linalg/vector.ts";
import { examplesOf, fitMember, type Member, type MemberParts, type MemberTask } from "./member.ts";
import type { DenseNetwork } from "./model/dense-network.ts";
import { mlp } from "./model/mlp.ts";
import type { Networks } from "./networks.ts";
import { pooled, poolingFor } from "./pooling.ts";
import { mixture, type Mixture } from "./posterior/mixture.ts";
import type { Posterior } from "./posterior/posterior.ts";
import { predict, type PredictOptions, type PredictionOf } from "./predictive/predict.ts";
import { checkpoints, workerCount } from "./progress.ts";
import { columns, significant } from "./report.ts";
import { spreadsFor, withSpread } from "./spread.ts";
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
  /** The mean log density of examples held out, in the units of the targets, with the spread of the mixture, or as they are if the mixture is pooled; undefined where none were held out. */
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
  /** By how much the members' predictive variances, with their noise, are narrowed in the mixture, as held-out examples ask for; 1 for not at all. Without noise, of classes, it is their posterior covariances; with {@link studentT} the squared scale of the mixture, disagreement and all, which may also be widened. */
  readonly spread: number;
  /** Those of the one {@link studentT} distribution by which the mixture predicts, as held-out examples ask for; undefined for other noise, and where none were held out. */
  readonly degreesOfFreedom: number | undefined;
  /** How the scale of that distribution follows its mean, for each output, where held-out examples ask for that; undefined as `degreesOfFreedom` is. */
  readonly trends: readonly ScaleTrend[] | undefined;
  /** The mixture of the members' posteriors, of this spread; with {@link studentT} as they are, as it is the predictions that are pooled. */
  readonly posterior: Mixture<DenseNetwork, L>;
  /** $\log \sum_i p_i(D)$ over the members, as {@link Mixture.logEvidence}. */
  readonly logEvidence: number;
  /** The mixture of the members' predictions, as {@link predict} makes it; with {@link studentT} the one distribution in its place, as {@link networks} says. */
  predict(inputs: MatrixLike, options?: PredictOptions<L>): Promise<PredictionOf<L>>;
  /** A line for each size and for each member. */
  summary(): string;
}

/** Sizes of less weight are left out, unless none has more. */
const LEAST_WEIGHT = 0.05;
/** Log evidence per example below that of the best of a size at which a mode is bad: a noise larger by a twentieth is as much. */
const BAD_MODE = 0.05;
/** Degrees of freedom. */
const AS_GOOD_AS_GAUSSIAN = 1000;

/** Of each network, unless told otherwise: modes differ by more than what further steps change. */
const TRAINING = { maximumIterations: 100, gradientTolerance: 1e-5 };

/** What {@link fit} does for a family. */
export async function fitNetworks<L extends Likelihood>(family: Networks, likelihood: L, data: Data, options: FitOptions): Promise<FittedNetworks<L>> {
  const parts = memberParts(family, likelihood, data, options);
  const sizes = affordable(family, parts);
  const { shares, spread, pooling, priorPerLayer, heldOut } = family.weights === "stacking" ? await stacked(family, sizes, parts, options) : { shares: sizes.map(() => 1 / sizes.length), spread: 1, pooling: undefined, priorPerLayer: false, heldOut: undefined };

  const counts = sizes.map((hidden, size) => Math.min(membersOf(hidden, shares[size], family.restarts * shares.filter((share) => share > 0).length), most(workOf(hidden, parts), family)));
  const tasks = sizes.flatMap((hidden, size) => Array.from({ length: counts[size] }, (_, k) => ({ hidden, size, seed: family.seed + k, priorPerLayer, heldOut: new Int32Array(0), spreads: [] })));
  const whole = examplesOf(parts.inputs, parts.targets);
  const found: Found<L>[] = [];
  for await (const { training } of fitMembers(parts, tasks, options, "networks")) found.push({ task: tasks[found.length], fitted: await fittedAt(training, whole, options) });
  const good = family.weights === "stacking" ? inGoodModes(found, parts.inputs.rows) : found;
  const { weights } = mixture(good.map(({ fitted }) => fitted.posterior), { weights: family.weights === "evidence" ? "evidence" : good.map(({ task: { size } }) => shares[size] / good.filter(({ task }) => task.size === size).length) });
  const posteriors: Posterior<DenseNetwork, L>[] = [];
  for (const { fitted } of good) posteriors.push(await withSpread(fitted, spread, whole, options));
  const posterior = mixture(posteriors, { weights });
  const members = good.map(({ task: { hidden, seed }, fitted }, i) => ({ ...fitted, hidden, seed, weight: weights[i] }));
  const tried = sizes.map((hidden, size) => ({ hidden, heldOut: heldOut?.[size], weight: members.reduce((sum, { weight }, i) => (good[i].task.size === size ? sum + weight : sum), 0) }));
  return {
    members,
    sizes: tried,
    best: members.reduce((highest, member) => (member.logEvidence > highest.logEvidence ? member : highest)),
    spread: pooling?.spread ?? spread,
    degreesOfFreedom: pooling?.degreesOfFreedom,
    trends: pooling?.trends,
    posterior,
    logEvidence: logSumExp(members.map((member) => member.logEvidence)),
    predict: async (inputs, asked) => pooled(await predict(posterior, inputs, asked), posterior, pooling),
    summary: () => summary(tried, members, spread, pooling),
  };
}

/** A network that may become a member. */
interface Found<L extends Likelihood> {
  readonly task: MemberTask & { readonly size: number };
  readonly fitted: Fitted<DenseNetwork, L>;
}

/** Without the networks that the evidence says are in a bad mode: of the same size and data, another one explains each example better by so much that it is no matter of chance. */
function inGoodModes<L extends Likelihood>(found: readonly Found<L>[], rows: number): Found<L>[] {
  return found.filter(({ task, fitted }) => found.every((other) => other.task.size !== task.size || other.fitted.logEvidence - fitted.logEvidence <= BAD_MODE * rows));
}

/** How many networks of a size predict, of a total: the more the more the size counts. Linear networks have one mode. */
function membersOf({ length }: readonly number[], share: number, total: number): number {
  if (share === 0 || length === 0) return share === 0 ? 0 : 1;
  return Math.max(1, Math.round(share * total));
}

/** What held-out examples say. */
interface Stacked {
  /** What each size counts. */
  readonly shares: readonly number[];
  readonly spread: number;
  readonly pooling: Pooling | undefined;
  readonly priorPerLayer: boolean;
  /** The mean log density for each size, by itself. */
  readonly heldOut: readonly number[];
}

/** Fits each size to the examples without a fold, for each fold, and finds the weights, the spread and the kind of prior that predict the folds best. */
async function stacked<L extends Likelihood>({ folds: wanted, seed }: Networks, sizes: readonly (readonly number[])[], parts: MemberParts<L>, options: FitOptions): Promise<Stacked> {
  const spreads = spreadsFor(parts.likelihood);
  const folds = foldsOf(parts, wanted, seed);
  const trials = priorsFor(parts).flatMap((priorPerLayer) => sizes.flatMap((hidden) => folds.map((heldOut, fold) => ({ hidden, seed: seed + fold, priorPerLayer, heldOut, spreads }))));
  const found: Member<L>[] = [];
  for await (const member of fitMembers(parts, trials, options, "cross-validation")) found.push(member);
  const ofSize = (p: number, size: number): Member<L>[] => found.slice((p * sizes.length + size) * folds.length, (p * sizes.length + size + 1) * folds.length);
  const candidates = priorsFor(parts).flatMap((priorPerLayer, p) =>
    spreads.map((spread, c) => {
      const logDensities = sizes.map((_, size) => concatenated(ofSize(p, size).map(({ logDensities: values }) => values[c])));
      const shares = kept(stackingWeights(logDensities));
      return { shares, spread, priorPerLayer, heldOut: logDensities.map(mean), score: mean(mixed(logDensities, shares)) };
    }),
  );
  const best = candidates.reduce((highest, other) => (other.score > highest.score ? other : highest));
  const targets = gather(parts.targets, folds.flatMap((fold) => Array.from(fold)));
  // With noise there is but one kind of prior.
  return { ...best, pooling: poolingFor(sizes.map((_, size) => ofSize(0, size).map(({ moments }) => moments)), best.shares, targets) };
}

/** Whether to try one precision a layer: a label tells less than a number, and not always enough for a precision of each input. */
function priorsFor({ likelihood, options }: MemberParts): readonly boolean[] {
  return likelihood.scaled === undefined && options.prior === undefined ? [false, true] : [false];
}

/** Log densities of a mixture. */
function mixed(logDensities: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return logDensities[0].map((_, n) => logSumExp(logDensities.map((values, i) => values[n] + Math.log(weights[i]))));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sizes whose steps of training are not too much work; the smallest in any case. */
function affordable({ hidden: sizes, work: most }: Networks, parts: MemberParts): readonly (readonly number[])[] {
  const work = sizes.map((hidden) => workOf(hidden, parts));
  const least = Math.min(...work);
  return sizes.filter((_, i) => work[i] <= Math.max(most, least));
}

/** Operations of a step of training, about: N K W^2 + W^3. */
function workOf(hidden: readonly number[], { inputs, outputs }: MemberParts): number {
  const { weights } = [...hidden, outputs].reduce(({ weights: sum, before }, units) => ({ weights: sum + (before + 1) * units, before: units }), { weights: 0, before: inputs.columns });
  return inputs.rows * outputs * weights ** 2 + weights ** 3;
}

/** The most networks of a size whose steps take so much work. */
function most(work: number, { work: bound }: Networks): number {
  return Math.max(2, Math.floor((3 * bound) / work));
}

/** Checks everything once, so that a mistake does not come back from a thread. */
function memberParts<L extends Likelihood>({ hidden, activation, outputs: asked }: Networks, likelihood: L, data: Data, options: FitOptions): MemberParts<L> {
  if (typeof data !== "object" || data === null || !("inputs" in data && "targets" in data)) throw new InvalidArgumentError({ argument: "data", expected: "{ inputs, targets }", received: describe(data) });
  const [inputs, targets] = [toTable("data.inputs", data.inputs), toTable("data.targets", data.targets)];
  checkVaried(targets);
  const outputs = asked ?? outputsFor(likelihood, targets);
  examples(mlp([inputs.columns, ...hidden[0], outputs], { activation }), likelihood, data);
  const { signal: _, onProgress: __, workers: ___, ...others } = options;
  return { likelihood: fromLeastSquares(likelihood), inputs, targets, outputs, activation, options: { ...TRAINING, ...others } };
}

/** Noise with heavy tails to be estimated starts without them: before a network has learnt what is steep, that would pass for outliers. */
function fromLeastSquares<L extends Likelihood>(likelihood: L): L {
  if (!isStudentT(likelihood) || !likelihood.estimated || likelihood.fixed !== false) return likelihood;
  const { scales } = likelihood;
  return studentT({ degreesOfFreedom: AS_GOOD_AS_GAUSSIAN, ...(scales && { scales }) }) as Likelihood as L;
}

/** How many outputs a network for these targets has. */
function outputsFor(likelihood: Likelihood, targets: Table): number {
  const outputs = likelihood.outputsFor?.(targets) ?? targets.columns;
  if (Number.isInteger(outputs)) return outputs;
  throw new InvalidArgumentError({ argument: "data.targets", expected: `targets as ${likelihood.name}() takes them`, received: `${targets.columns} ${targets.columns === 1 ? "column" : "columns"}` });
}

/** The fits, in the order of the tasks, here or in threads. */
async function* fitMembers<L extends Likelihood>(parts: MemberParts<L>, tasks: readonly MemberTask[], options: FitOptions, stage: string): AsyncGenerator<Member<L>> {
  const workers = workerCount(options);
  const checkpoint = checkpoints(options);
  const here = async function* (): AsyncGenerator<Member<L>> {
    for (const task of tasks) yield await fitMember({ ...parts, options: { ...parts.options, ...(options.signal && { signal: options.signal }) } }, task);
  };
  const there = (): AsyncGenerator<Member<L>> => inWorkers<Member<L>>(workers, { task: "member", about: parts, batches: tasks.map((task) => ({ ...task, heldOut: task.heldOut.slice() })) }, options.signal);
  let done = 0;
  for await (const member of workers === 0 ? here() : there()) {
    await checkpoint({ stage, done: ++done, total: tasks.length });
    yield member;
  }
}

/** Without the sizes that count little, and adding up to 1 again. */
function kept(weights: Float64Array): number[] {
  const least = Math.min(LEAST_WEIGHT, Math.max(...weights));
  const large = Array.from(weights, (weight) => (weight >= least ? weight : 0));
  const total = large.reduce((sum, weight) => sum + weight, 0);
  return large.map((weight) => weight / total);
}

function summary(sizes: readonly TriedSize[], members: readonly FittedNetwork<Likelihood>[], spread: number, pooling: Pooling | undefined): string {
  const name = (hidden: readonly number[]): string => (hidden.length === 0 ? "linear" : hidden.join("-"));
  const tried = sizes.map(({ hidden, heldOut, weight }) => [name(hidden), heldOut === undefined ? "" : heldOut.toFixed(3), weight.toFixed(3)]);
  const lines = members.map(({ hidden, seed, logEvidence, effectiveParameters, weight }) => [name(hidden), `${seed}`, significant(logEvidence), effectiveParameters.toFixed(1), weight.toFixed(3)]);
  return `${columns([["hidden units", "held-out log density", "weight"], ...tried])}\n\n${columns([["hidden units", "seed", "log evidence", "effective parameters", "weight"], ...lines])}${asked(spread, pooling)}`;
}

/** What held-out examples ask for. */
function asked(spread: number, pooling: Pooling | undefined): string {
  if (pooling !== undefined) {
    const { degreesOfFreedom, trends } = pooling;
    const factors = trends.some(({ slope }) => slope !== 0) ? `; the scale changes by ${trends.map(({ slope }) => Math.exp(slope).toFixed(2)).join(", ")} times with each standard deviation of the predictions` : "";
    return `\n\npooled  a t distribution of ${degreesOfFreedom} degrees of freedom, with ${pooling.spread.toFixed(2)} of the mixture's squared scale${factors}, as held-out examples ask for`;
  }
  return spread === 1 ? "" : `\n\nspread  ${spread} of the members' variance, as held-out examples ask for`;
}
