import { toNumbers, type Table } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, positive } from "../errors.ts";
import { columnScale } from "../model/standardized.ts";
import { regressionTargets } from "./regression-targets.ts";
import { remakeable } from "../recipe.ts";
import { diagonalBlocks } from "./diagonal-blocks.ts";
import type { Likelihood } from "./likelihood.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { marginals } from "./moments.ts";
import { studentDraw, studentLogNormalizer } from "./student-t-density.ts";
import { estimatedStudentT } from "./student-t-estimate.ts";
import { mixedStudentT, studentTPrediction, type StudentTPrediction } from "./student-t-prediction.ts";
import { rowSums, withoutNoise } from "./without-noise.ts";
import { winsorized } from "./winsorized.ts";

/**
 * Options of {@link studentT}.
 *
 * @category Likelihoods
 */
export interface StudentTOptions {
  /** Scale $s$ of the noise, in the units of the targets: a little less than the standard deviation of the noise without its outliers. Default: estimated from the data. */
  readonly scale?: number;
  /** $\nu$: below 5 for gross outliers, above 100 as good as Gaussian. Default: estimated, from 4 on. */
  readonly degreesOfFreedom?: number;
  /** What is known and must be left alone by re-estimation, of the values given: both (true), one of them, or neither. Default false: they are where re-estimation starts. */
  readonly fixed?: boolean | "scale" | "degreesOfFreedom";
  /** For K outputs of different units, K numbers: the scale of output k is `scale * scales[k]`. Default 1 for all. */
  readonly scales?: ArrayLike<number>;
}

/**
 * Targets with noise of Student's t distribution, the same for all outputs and examples.
 *
 * @category Likelihoods
 */
export interface StudentTLikelihood extends Likelihood<StudentTPrediction> {
  /** $s$, in the units of the targets or of their {@link scales}. */
  readonly scale: number;
  /** $\nu$. */
  readonly degreesOfFreedom: number;
  /** The scale of output k is `scale * scales[k]`; undefined where all outputs have the same. */
  readonly scales: Float64Array | undefined;
  /** What re-estimation leaves alone. */
  readonly fixed: boolean | "scale" | "degreesOfFreedom";
  readonly estimated: boolean;
}

/** Degrees of freedom to start from: robust, and not far from most real data (Lange, Little & Taylor 1989). */
const FIRST_DEGREES_OF_FREEDOM = 4;

/**
 * Robust regression: noise of Student's t distribution with scale $s$ and $\nu$ degrees of freedom, whose heavy tails let outliers be outliers
 * (Lange, Little & Taylor 1989). With $z = (t - f) / s$,
 * $$\log p(t \mid f) = \log\frac{\Gamma(\frac{\nu + 1}2)}{\Gamma(\frac\nu2) \sqrt{\nu \pi}\, s} - \frac{\nu + 1}2 \log\left(1 + \frac{z^2}\nu\right).$$
 *
 * A residual draws with the force $(\nu + 1) z / (\nu + z^2) / s$, which grows to about $\sqrt\nu s$ and falls after that: a target far off the others has
 * hardly any say. The Hessian, $\frac{\nu + 1}{s^2} \frac{\nu - z^2}{(\nu + z^2)^2}$, is negative there; {@link outerProduct} and training go by its average over
 * targets, the Fisher information $c = \frac{\nu + 1}{(\nu + 3) s^2}$, the same for all.
 *
 * Re-estimation takes both parameters to where the evidence is greatest, as MacKay's (1992a) takes the noise of {@link gaussian}, with the degrees of freedom
 * between 2.1 and 1000, which is Gaussian in effect: the greatest $\sum \log p(t \mid f) - \frac\gamma2 \log c$. So fitting with it costs little where there
 * are no outliers. It needs the residuals: {@link fit} and {@link train} have them, {@link maximizeEvidence} wants the data, and moves the prior alone without.
 *
 * `mean` and `interval` of its predictions do not need $\nu > 2$, but the variance of the noise, $s^2 \nu / (\nu - 2)$, is infinite without.
 *
 * @category Likelihoods
 * @throws {@link InvalidArgumentError} when the scale or the degrees of freedom are not finite numbers above 0, or fixed but not given.
 * @example
 * A line through data with an outlier:
 * ```ts
 * import { functionModel, laplace, predict, studentT, train } from "laplace-ts";
 * const line = functionModel({ parameters: [0, 1], value: ([a, b], [x]) => a + b * x });
 * const data = { inputs: [0, 1, 2, 3, 4], targets: [0.1, 0.9, 2.1, 9, 3.9] };
 * const { model, likelihood, prior } = await train(line, studentT({ scale: 0.1, degreesOfFreedom: 4 }), data);
 * const { mean } = await predict(await laplace(model, likelihood, data, { prior }), [3]);
 * console.log(mean.get(0, 0).toFixed(1)); // 3.0
 * ```
 */
export function studentT(options: StudentTOptions = {}): StudentTLikelihood {
  knownOptions("options", options, ["scale", "degreesOfFreedom", "fixed", "scales"]);
  const { scale, degreesOfFreedom = FIRST_DEGREES_OF_FREEDOM, fixed = false } = options;
  if (![true, false, "scale", "degreesOfFreedom"].includes(fixed)) throw new InvalidArgumentError({ argument: "fixed", expected: 'true, false, "scale" or "degreesOfFreedom"', received: describe(fixed) });
  for (const name of ["scale", "degreesOfFreedom"] as const) {
    if ((fixed === true || fixed === name) && options[name] === undefined) throw new InvalidArgumentError({ argument: name, expected: `a known value, as fixed is ${describe(fixed)}`, received: "undefined" });
  }
  const scales = options.scales === undefined ? undefined : toNumbers("scales", options.scales);
  scales?.forEach((value, k) => positive(`scales[${k}]`, value));
  positive("degreesOfFreedom", degreesOfFreedom);
  return create({ scale: scale === undefined ? 1 : usable(scale), degreesOfFreedom, fixed, estimated: scale === undefined, scales });
}

/** Whether its noise is of Student's t distribution. */
export function isStudentT(likelihood: Likelihood): likelihood is StudentTLikelihood {
  return likelihood.name === "student t";
}

/** $s_k^2$, for K outputs. */
export function squaredScales({ scale, scales }: StudentTLikelihood, outputs: number): Float64Array {
  return Float64Array.from({ length: outputs }, (_, k) => (scale * (scales?.[k] ?? 1)) ** 2);
}

/** The least scale that re-estimation can arrive at, as a share of the targets' standard deviation. */
const LEAST_SCALE = 1e-5;

/** The scale, if its square is a number that can be worked with. */
function usable(scale: number): number {
  const square = positive("scale", scale) ** -2;
  if (square > 0 && Number.isFinite(square)) return scale;
  throw new InvalidArgumentError({ argument: "scale", expected: "a number between 1e-150 and 1e150", received: describe(scale), advice: "Give the targets other units." });
}

/** What the description says is known. */
const KNOWN: Readonly<Record<string, string>> = { false: "", true: " (known)", scale: " (scale known)", degreesOfFreedom: " (degrees of freedom known)" };

type Settings = Pick<StudentTLikelihood, "scale" | "degreesOfFreedom" | "fixed" | "estimated" | "scales">;

function create(settings: Settings): StudentTLikelihood {
  const { scale, degreesOfFreedom: nu, fixed, estimated, scales } = settings;
  /** The scale of the i-th number of a table of outputs. */
  const scaleOf = (i: number): number => (scales === undefined ? scale : scale * scales[i % scales.length]);
  const meanLogScale = Math.log(scale) + (scales === undefined ? 0 : scales.reduce((sum, value) => sum + Math.log(value), 0) / scales.length);
  const logNormalizer = studentLogNormalizer(nu) - meanLogScale;
  const information = (nu + 1) / (nu + 3);
  const each = (outputs: Float64Array, { data }: Table, value: (z: number, scale: number) => number): Float64Array => outputs.map((f, i) => value((f - data[i]) / scaleOf(i), scaleOf(i)));
  /** The weight of a residual, (nu + 1) / (nu + z^2), as a product that does not overflow. */
  const weight = (z: number): number => (nu + 1) / nu / (1 + (z * z) / nu);
  const loss = (z: number): number => 0.5 * (nu + 1) * Math.log1p((z * z) / nu);
  const likelihood: StudentTLikelihood = {
    ...withoutNoise,
    ...settings,
    name: "student t",
    description: `student t, scale ${scales === undefined ? scale.toPrecision(4) : Array.from(scales, (value) => (scale * value).toPrecision(4)).join(", ")}, ${nu.toPrecision(4)} degrees of freedom${KNOWN[String(fixed)]}`,
    encode: (targets, rows, outputs) => regressionTargets(targets, rows, outputs, scales),
    outputScale: (targets) => columnScale(winsorized(targets)),
    scaled: (others) => create({ ...settings, scales: others }),
    hyperparameters: Float64Array.of(information / (scale * scale), (nu + 1) / nu),
    information: information / (scale * scale),
    energy: (outputs, targets) => each(outputs, targets, loss).reduce((sum, value) => sum + value, 0),
    logLikelihood: (energy, count) => count * logNormalizer - energy,
    logDensity: (outputs, targets) => rowSums(each(outputs, targets, (z, s) => studentLogNormalizer(nu) - Math.log(s) - loss(z)), targets.columns),
    gradient: (outputs, targets) => each(outputs, targets, (z, s) => (z * weight(z)) / s),
    hessian: (outputs, targets) => diagonalBlocks(each(outputs, targets, (z, s) => (weight(z) * (2 / (1 + (z * z) / nu) - 1)) / (s * s)), targets.columns),
    factor: (outputs, { columns }) => ({ data: diagonalBlocks(outputs.map((_, i) => Math.sqrt(information) / scaleOf(i)), columns), columns }),
    ...(fixed !== true && {
      reestimateFrom: (outputs: Float64Array, { data, rows, columns }: Table, effectiveParameters: Float64Array) => {
        const relative = (k: number): number => (scales === undefined ? 1 : scales[k]);
        const residuals = outputs.map((f, i) => (data[i] - f) / relative(i % columns));
        const spread = columnScale(winsorized({ data, rows, columns })).scale.reduce((sum, value, k) => sum + value / relative(k) / columns, 0);
        const estimate = estimatedStudentT(residuals, settings, {
          // Where the scale was left open this is its first estimate, which has no weights to look at.
          moves: { scale: fixed !== "scale", degreesOfFreedom: fixed !== "degreesOfFreedom" && !estimated },
          effectiveParameters: effectiveParameters.reduce((sum, value) => sum + value, 0),
          leastScale: LEAST_SCALE * spread,
        });
        return create({ ...settings, ...estimate, estimated: false });
      },
    }),
    reestimate: () => {
      if (!estimated) return likelihood;
      throw new InvalidArgumentError({ argument: "scale", expected: "a scale, of which sums over the data do not tell", received: "studentT() with its scale left open", advice: "Pass on the likelihood that train() or fit() returns, or give it: studentT({ scale })." });
    },
    mix: mixedStudentT,
    draw: (outputs, _, source) => outputs.map((f, k) => f + scaleOf(k) * studentDraw(nu, source)),
    ...predicting((options: object) => {
      knownOptions("options", options, [], PREDICT_OPTIONS);
      return {
        isMarginal: () => true,
        keep: marginals,
        make: (kept, rows, outputs) => studentTPrediction(kept, { degreesOfFreedom: nu, scales: Float64Array.from({ length: outputs }, (_, k) => scaleOf(k)) }, (targets) => regressionTargets(targets, rows, outputs, scales)),
      };
    }),
  };
  return remakeable(likelihood, "studentT", () => ({ ...(estimated ? {} : { scale }), degreesOfFreedom: nu, fixed, scales }));
}
