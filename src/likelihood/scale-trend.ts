/**
 * How the scale of an output follows what is predicted for it: $\log$ scale rises by `slope` for each standard deviation of the predictions, where the noise of large values differs from that of small
 * ones (variance as a function of the mean: Carroll & Ruppert 1988, chapter 3).
 *
 * @category Fitting
 */
export interface ScaleTrend {
  /** Of the log scale, 0 for the same scale everywhere. */
  readonly slope: number;
  /** The mean of the predictions from which it was learnt. */
  readonly centre: number;
  /** Their standard deviation. */
  readonly unit: number;
}

/** Standard deviations beyond which a trend does not go on. */
const FAR = 3;

/** Of these predictions, with slope 0. */
export function levelTrend(predictions: Float64Array): ScaleTrend {
  const centre = predictions.reduce((sum, m) => sum + m, 0) / predictions.length;
  const unit = Math.sqrt(predictions.reduce((sum, m) => sum + (m - centre) ** 2, 0) / predictions.length);
  // Predictions that are all the same have no trend.
  return { slope: 0, centre, unit: unit > 0 ? unit : 1 };
}

/** By which the squared scale at a prediction is multiplied: $e^{2 s u}$, $u$ the prediction in standard deviations, no further than three from the centre. */
export function squaredScaleFactor({ slope, centre, unit }: ScaleTrend, prediction: number): number {
  return Math.exp(2 * slope * Math.min(FAR, Math.max(-FAR, (prediction - centre) / unit)));
}
