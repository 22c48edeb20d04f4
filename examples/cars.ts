/**
 * Error bars on the fuel economy of cars: `npm start`.
 *
 * Networks of six sizes learn miles per gallon from six properties of a car, once with a posterior over their weights and once
 * without. The evidence, from the training cars alone, is then held against what cars that no network has seen say.
 */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { compareModels, coverage, evidence, fit, forward, gaussian, isotropic, mlp, rootMeanSquareError } from "laplace-ts";
import type { DenseNetwork, Fitted, GaussianLikelihood, GaussianPrediction } from "laplace-ts";
import { INPUTS, loadCars, split, type Cars } from "./cars-data.ts";
import { bands, evidenceBySize } from "laplace-ts/plots";
import { progressLine } from "./progress-line.ts";

const TRAINING_CARS = 196;
const SIZES = [1, 2, 4, 8, 12, 16];
/** Each network is trained from so many random starts, and the one with the highest evidence is kept. */
const STARTS = 2;
const LEVELS = [0.5, 0.9, 0.95];

type Network = Fitted<DenseNetwork, GaussianLikelihood>;

/** A network of one size, and how well the cars held out agree with it. */
interface Candidate {
  readonly size: number;
  readonly network: Network;
  readonly scores: Scores;
  /** The same for the plain network of that size. */
  readonly plain: Scores;
}

/** What held-out cars say of a prediction. */
interface Scores {
  /** log p(miles per gallon) of each car. */
  readonly logDensities: readonly number[];
  /** Their mean. */
  readonly logDensity: number;
  /** Root mean square error. */
  readonly error: number;
  /** Share of the targets within the intervals of each level. */
  readonly coverage: readonly number[];
}

const progress = progressLine();

async function main(): Promise<void> {
  const { cars, dropped } = await loadCars();
  const { training, heldOut } = split(cars, TRAINING_CARS, 1);
  heading("Data");
  print(`${cars.targets.length} cars (${dropped} more have missing values): ${training.targets.length} to train on, ${heldOut.targets.length} held out`);
  print(`from ${INPUTS.map(([, name]) => name).join(", ")}`);
  print(`to fuel economy in miles per gallon, ${range(cars.targets)}`);

  heading("Training");
  const candidates: Candidate[] = [];
  for (const size of SIZES) candidates.push(await candidate(size, training, heldOut));

  const best = reportSizes(candidates);
  reportNetwork(best);
  reportScores(best);
  await draw(training, candidates);
}

async function candidate(size: number, training: Cars, heldOut: Cars): Promise<Candidate> {
  const network = await bestOfStarts(size, training);
  progress.done(`${units(size)}: log evidence ${network.logEvidence.toFixed(1)}`);
  return {
    size,
    network,
    scores: scores(await network.predict(heldOut.inputs), heldOut),
    plain: scores(await plainPrediction(size, training, heldOut), heldOut),
  };
}

/**
 * Trains from several random starts and keeps the network with the highest evidence. Re-estimation begins with the noise that
 * explains everything, the spread of the targets; from little noise it ends more often where a network follows the noise.
 */
async function bestOfStarts(size: number, { inputs, targets }: Cars): Promise<Network> {
  const likelihood = gaussian({ noise: standardDeviation(targets) });
  let best: Network | undefined;
  for (let seed = 1; seed <= STARTS; seed++) {
    const onProgress = ({ stage, done }: { stage: string; done: number }): void => progress.update(`${units(size)}, start ${seed} of ${STARTS}: ${stage}, step ${done}`);
    const network = await fit(mlp([inputs[0].length, size, 1], { seed }), likelihood, { inputs, targets }, { onProgress });
    if (best === undefined || network.logEvidence > best.logEvidence) best = network;
  }
  return best!;
}

/**
 * The baseline: the same network by least squares with a weak weight decay, no posterior. Its error bars are the size of its
 * residuals on the cars it was trained on, the same everywhere.
 */
async function plainPrediction(size: number, { inputs, targets }: Cars, heldOut: Cars): Promise<GaussianPrediction> {
  const noise = standardDeviation(targets);
  const leastSquares = { prior: isotropic(0.01), reestimate: false };
  const { posterior } = await fit(mlp([inputs[0].length, size, 1], { seed: 1 }), gaussian({ noise, fixed: true }), { inputs, targets }, leastSquares);
  const sigma = rootMeanSquareError({ mean: forward(posterior.model, inputs) }, targets);
  const outputs = Float64Array.from(forward(posterior.model, heldOut.inputs).to1DArray());
  return gaussian({ noise: sigma }).predict({ rows: outputs.length, outputs: 1, mean: outputs, covariance: new Float64Array(outputs.length) });
}

function scores(prediction: GaussianPrediction, { targets }: Cars): Scores {
  const logDensities = Array.from(prediction.logDensity(targets));
  return {
    logDensities,
    logDensity: mean(logDensities),
    error: rootMeanSquareError(prediction, targets),
    coverage: LEVELS.map((level) => coverage(prediction, targets, level)),
  };
}

/** Network sizes by evidence, beside their held-out scores; returns the one with the highest evidence. */
function reportSizes(candidates: readonly Candidate[]): Candidate {
  const comparison = compareModels(Object.fromEntries(candidates.map(({ size, network }) => [units(size), network])));
  const ranked = comparison.ranking.map(({ model, ...line }) => ({ ...line, ...candidates.find(({ network }) => network === model)! }));
  heading("Sizes, by the evidence of the training cars");
  table([
    ["network", "log evidence", "probability", "counting symmetries", "effective parameters", "held out: posterior", "plain"],
    ...ranked.map(({ name, network, logEvidence, probability, scores, plain }) => [
      name,
      logEvidence.toFixed(1),
      probability.toFixed(3),
      evidence(network.posterior, { symmetries: true }).total.toFixed(1),
      `${network.effectiveParameters.toFixed(1)} of ${network.posterior.mean.length}`,
      scores.logDensity.toFixed(3),
      plain.logDensity.toFixed(3),
    ]),
  ]);
  print("Counting symmetries: swapping or negating hidden units gives modes of the same function. They count in full only where");
  print("they do not overlap, which those of a large network with few effective parameters do: the truth is in between.");
  print("Held out: mean log density of a car's miles per gallon, higher is better.");
  reportAgreement(ranked[0], candidates);
  return ranked[0];
}

function reportAgreement(best: Candidate, candidates: readonly Candidate[]): void {
  const favourite = candidates.reduce((a, b) => (b.scores.logDensity > a.scores.logDensity ? b : a));
  if (favourite.size === best.size) {
    print(`Evidence and held-out cars both prefer ${units(best.size)}.`);
    return;
  }
  const gains = favourite.scores.logDensities.map((value, n) => value - best.scores.logDensities[n]);
  const error = standardDeviation(gains) / Math.sqrt(gains.length);
  print(`The evidence prefers ${units(best.size)}, the held-out cars ${units(favourite.size)}, by ${mean(gains).toFixed(3)} ± ${error.toFixed(3)} a car (one standard error).`);
}

function reportNetwork({ size, network }: Candidate): void {
  const { posterior, likelihood, training } = network;
  const { groups, precisions } = posterior.prior;
  const gamma = posterior.effectiveParametersByGroup;
  heading(`The network with ${units(size)}`);
  table([
    ["weights", String(posterior.mean.length)],
    ["effective parameters", network.effectiveParameters.toFixed(2)],
    ["noise (miles per gallon)", likelihood.noise.toFixed(2)],
    ["log likelihood", network.logLikelihood.toFixed(2)],
    ["log evidence", network.logEvidence.toFixed(2)],
    ["training", `${training.iterations} steps, stopped: ${training.stopped}`],
  ]);
  print("");
  table([
    ["prior of the weights from", "precision", "effective parameters"],
    ...groups.map((group, g) => [INPUTS[g]?.[1] ?? group, precisions[g].toPrecision(3), gamma[g].toFixed(2)]),
  ]);
  print("The higher the precision, the less an input matters.");
}

function reportScores({ size, scores, plain }: Candidate): void {
  heading(`Cars held out, ${units(size)}`);
  table([
    ["", "with posterior", "plain"],
    ["log density a car", scores.logDensity.toFixed(3), plain.logDensity.toFixed(3)],
    ["root mean square error", scores.error.toFixed(3), plain.error.toFixed(3)],
    ...LEVELS.map((level, i) => [`within the ${100 * level} % interval`, ...[scores, plain].map(({ coverage }) => `${(100 * coverage[i]).toFixed(1)} %`)]),
  ]);
  print("Plain: the same network by least squares with a weak weight decay; error bars from its training residuals.");
}

/** Draws a network that knows horsepower alone, well beyond the cars there are, and the sizes compared. */
async function draw(training: Cars, candidates: readonly Candidate[]): Promise<void> {
  const horsepower = { inputs: training.inputs.map((row) => row[0]), targets: training.targets };
  const network = await fit(mlp([1, 2, 1], { seed: 1 }), gaussian(), horsepower);
  const inputs = Array.from({ length: 97 }, (_, i) => 20 + 2.5 * i);
  const labels = { x: "horsepower (hp)", y: "fuel economy (miles per gallon)" };
  const sizes = candidates.map(({ size, network, scores }) => ({ size, logEvidence: network.logEvidence, heldOut: scores.logDensity }));
  heading("Pictures");
  await save("cars.svg", bands({ inputs, prediction: await network.predict(inputs), labels, data: horsepower }));
  await save("cars-sizes.svg", evidenceBySize(sizes));
}

async function save(name: string, svg: string): Promise<void> {
  await writeFile(name, svg);
  print(resolve(name));
}

function units(size: number): string {
  return `${size} hidden unit${size === 1 ? "" : "s"}`;
}

function range(values: readonly number[]): string {
  return `${Math.min(...values)} to ${Math.max(...values)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function heading(text: string): void {
  print(`\n${text}\n${"-".repeat(text.length)}`);
}

/** Rows of cells in columns: the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  for (const row of rows) print(row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("   "));
}

function print(text: string): void {
  console.log(text);
}

await main();
