import { logPeakOfPoisson } from "../likelihood/log-gamma.ts";

const MOST_TERMS = 1e6;

/**
 * The probability that a sum of squares of `degrees` independent standard normals is at most `value`: the regularised incomplete gamma function $P(k / 2, x / 2)$, by its series or, beyond the
 * mean, by its continued fraction (Abramowitz & Stegun 1964, 6.5.29 and 6.5.31; Lentz's method). Takes about as many terms as the root of `degrees`.
 */
export function chiSquareProbability(value: number, degrees: number): number {
  const [a, x] = [degrees / 2, value / 2];
  if (!(x > 0)) return 0;
  // x^a e^-x / Gamma(a + 1), without the cancellation of large a.
  const density = Math.exp(a * Math.log(x / a) - (x - a) + logPeakOfPoisson(a));
  if (x < a + 1) return Math.min(1, density * series(a, x));
  return Math.max(0, 1 - density * a * fraction(a, x));
}

/** 1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + ... */
function series(a: number, x: number): number {
  let [term, sum] = [1, 1];
  for (let n = 1; n < MOST_TERMS && term > Number.EPSILON * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Gamma(a, x) e^x / x^a. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    product *= c * d;
    if (Math.abs(c * d - 1) < Number.EPSILON) break;
  }
  return product;
}
