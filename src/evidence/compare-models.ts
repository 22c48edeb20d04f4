import { InvalidArgumentError, describe, madeBy } from "../errors.ts";
import { columns, significant } from "../report.ts";

/**
 * What a comparison needs of a model: a {@link Posterior} or a {@link Fitted}.
 *
 * @category Evidence
 */
export interface Comparable {
  /** log p(D | hyperparameters). */
  readonly logEvidence: number;
  /** $\log p(D \mid w_\mathrm{MAP})$. */
  readonly logLikelihood: number;
  /** gamma. */
  readonly effectiveParameters: number;
  /** How many examples the evidence is of. */
  readonly data: {
    /** N. */
    readonly examples: number;
  };
}

/**
 * One line of a comparison.
 *
 * @category Evidence
 */
export interface ComparedModel<P> {
  /** The name it was given. */
  readonly name: string;
  /** What was compared. */
  readonly model: P;
  /** Its log evidence. */
  readonly logEvidence: number;
  /** Log evidence below that of the best. */
  readonly behind: number;
  /** p(model | D) among those compared, equally probable before: exp(log evidence), normalised. */
  readonly probability: number;
}

/**
 * Models ranked by evidence, the best first.
 *
 * @category Evidence
 */
export interface Comparison<P> {
  /** All of them, by falling evidence. */
  readonly ranking: readonly ComparedModel<P>[];
  /** The model with the highest evidence. */
  readonly best: P;
  /** A table to print. */
  summary(): string;
}

/**
 * Ranks models of the same data by their log evidence (MacKay 1992a, section 2.2): with equal prior probabilities,
 * $p(\text{model} \mid D) \propto \exp(\text{log evidence})$.
 *
 * @category Evidence
 * @param models - Posteriors or fits by name, all of the same data.
 * @throws {@link InvalidArgumentError} when there are none, or they are of different numbers of examples.
 * @example
 * ```ts
 * import { compareModels, gaussian, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const posterior = async (sizes: number[]) => {
 *   const { model, likelihood, prior } = await train(mlp(sizes), gaussian({ noise: 0.1 }), data);
 *   return laplace(model, likelihood, data, { prior });
 * };
 * const comparison = compareModels({ line: await posterior([1, 1]), network: await posterior([1, 5, 1]) });
 * console.log(comparison.ranking[0].name); // line
 * ```
 */
export function compareModels<P extends Comparable>(models: Readonly<Record<string, P>>): Comparison<P> {
  const entries = Object.entries(models);
  if (entries.length === 0) throw new InvalidArgumentError({ argument: "models", expected: "posteriors by name", received: describe(models) });
  for (const [name, model] of entries) madeBy("laplace() or fit()", `models["${name}"]`, model, "logEvidence");
  const examples = entries[0][1].data.examples;
  for (const [name, model] of entries) {
    const [first, own] = [temperatureOf(entries[0][1]), temperatureOf(model)];
    if (own !== first) throw new InvalidArgumentError({ argument: `models["${name}"]`, expected: `the temperature ${first} of "${entries[0][0]}"`, received: `${own}`, advice: "Evidence at different temperatures does not compare models." });
    if (model.data.examples !== examples) throw new InvalidArgumentError({ argument: `models["${name}"]`, expected: `a model of the same ${examples} examples as "${entries[0][0]}"`, received: `one of ${model.data.examples}`, advice: "Evidence compares models of the same data only." });
  }
  const most = Math.max(...entries.map(([, model]) => model.logEvidence));
  const total = entries.reduce((sum, [, model]) => sum + Math.exp(model.logEvidence - most), 0);
  const ranking = entries
    .map(([name, model]) => ({ name, model, logEvidence: model.logEvidence, behind: most - model.logEvidence, probability: Math.exp(model.logEvidence - most) / total }))
    .sort((a, b) => a.behind - b.behind);
  return { ranking, best: ranking[0].model, summary: () => table(ranking) };
}

function table(ranking: readonly ComparedModel<Comparable>[]): string {
  const lines = ranking.map(({ name, model, logEvidence, behind, probability }) => [name, significant(logEvidence), behind.toFixed(2), probability.toFixed(3), significant(model.logLikelihood), model.effectiveParameters.toFixed(1)]);
  return columns([["model", "log evidence", "behind", "probability", "log likelihood", "effective parameters"], ...lines]);
}

/** T of a posterior or a fit; 1 where there is none. */
function temperatureOf(model: Comparable): number {
  const { temperature, posterior } = model as { readonly temperature?: number; readonly posterior?: { readonly temperature: number } };
  return temperature ?? posterior?.temperature ?? 1;
}
