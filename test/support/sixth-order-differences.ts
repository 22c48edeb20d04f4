/** Weights of the central difference of sixth order at 1, 2 and 3 steps; its error is about h^6 f^(7) / 140. */
const WEIGHTS = [3 / 4, -3 / 20, 1 / 60];

/** The M x W Jacobian of g: R^W -> R^M at `w`, row-major, by central differences of sixth order. */
export function differences(g: (w: Float64Array) => ArrayLike<number>, w: ArrayLike<number>, step = 4e-4): Float64Array {
  const width = w.length;
  const height = g(Float64Array.from(w)).length;
  const jacobian = new Float64Array(height * width);
  for (let i = 0; i < width; i++) {
    WEIGHTS.forEach((weight, s) => {
      for (const sign of [1, -1]) {
        const point = Float64Array.from(w);
        point[i] += sign * (s + 1) * step;
        const values = g(point);
        for (let m = 0; m < height; m++) jacobian[m * width + i] += (sign * weight * values[m]) / step;
      }
    });
  }
  return jacobian;
}
