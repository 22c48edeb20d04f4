/** Distributions of numbers, one an entry, of which quantiles are wanted. */
export interface Distributions {
  /** Of each, a number that is no more than the quantile, */
  readonly low: Float64Array;
  /** and one that is no less. */
  readonly high: Float64Array;
  /** The probability of at most so much, entry by entry; those that are not open are not looked at. */
  readonly cumulative: (at: Float64Array, isOpen: (at: number) => boolean) => Float64Array;
}

/** Quantiles are found to this share of what is known of them at first. */
const PRECISION = 1e-10;

/** The least numbers at which cumulative probabilities come to `level`, by bisection. */
export function mixtureQuantiles(distributions: Distributions, level: number): Float64Array {
  return bisected(distributions, level, (low, high) => PRECISION * (high - low), (middle) => middle);
}

/** The same for whole numbers. */
export function wholeQuantiles(distributions: Distributions, level: number): Float64Array {
  return bisected(distributions, level, () => 1, Math.floor);
}

function bisected({ cumulative, ...ends }: Distributions, level: number, precisionOf: (low: number, high: number) => number, between: (middle: number) => number): Float64Array {
  const [low, high] = [ends.low.slice(), ends.high.slice()];
  const precision = low.map((value, at) => precisionOf(value, high[at]));
  cumulative(low, () => true).forEach((value, at) => {
    if (value >= level) high[at] = low[at];
  });
  const isOpen = (at: number): boolean => high[at] - low[at] > precision[at];
  while (low.some((_, at) => isOpen(at))) {
    const middle = low.map((value, at) => between(0.5 * (value + high[at])));
    const values = cumulative(middle, isOpen);
    for (let at = 0; at < middle.length; at++) {
      if (!isOpen(at)) continue;
      if (middle[at] <= low[at] || middle[at] >= high[at]) low[at] = high[at];
      else if (values[at] >= level) high[at] = middle[at];
      else low[at] = middle[at];
    }
  }
  return high;
}
