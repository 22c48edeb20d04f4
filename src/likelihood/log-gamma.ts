/** Stirling's series is good to the last digit from here on. */
const LARGE = 16;

/** log Gamma(x) for x > 0: Stirling's series (Abramowitz & Stegun 1964, 6.1.41), after Gamma(x + 1) = x Gamma(x) where x is small. */
export function logGamma(x: number): number {
  let [z, product] = [x, 1];
  for (; z < LARGE; z++) product *= z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + stirlingError(z) - Math.log(product);
}

/** log(n^n e^-n / n!), the largest log probability of n events, without the cancellation of large n (Loader 2000). */
export function logPeakOfPoisson(n: number): number {
  if (n >= LARGE) return -0.5 * Math.log(2 * Math.PI * n) - stirlingError(n);
  return n === 0 ? 0 : n * Math.log(n) - n - logGamma(n + 1);
}

/** What Stirling's formula leaves out. */
function stirlingError(z: number): number {
  const square = 1 / (z * z);
  return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / z;
}

/** The derivative of log Gamma at x > 0: its asymptotic series (Abramowitz & Stegun 1964, 6.3.18), after psi(x + 1) = psi(x) + 1 / x where x is small. */
export function digamma(x: number): number {
  let [z, sum] = [x, 0];
  for (; z < LARGE; z++) sum += 1 / z;
  const square = 1 / (z * z);
  return Math.log(z) - 0.5 / z - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132)))) - sum;
}

/** log Gamma(x + 1/2) - log Gamma(x) - 1/2 log x for x > 0, which tends to 0: the difference of Stirling's series, after Gamma(x + 1) = x Gamma(x) where x is small. */
export function logGammaHalfStep(x: number): number {
  let [z, ratio] = [x, 1];
  for (; z < LARGE; z++) ratio *= z / (z + 0.5);
  const square = 1 / (z * z);
  return Math.log(ratio) + 0.5 * Math.log(z / x) - (1 / 8 - square * (1 / 192 - square * (1 / 640 - square * (17 / 14336 - (square * 31) / 18432)))) / z;
}
