import { addProduct } from "../linalg/gemm.ts";
import { rowMajor, transposed } from "../linalg/view.ts";
import type { GroupedPrior } from "../prior/prior.ts";
import { parameterIndex, rowCount, type JacobianRows, type LayerRows } from "../model/jacobian-rows.ts";

/**
 * Units of a layer whose weights have the same prior precisions, input by input. For them the sum over weights
 * of $\delta_j z_i \, \delta'_j z'_i / \alpha_i$ is a product of two sums, $(\sum_j \delta_j \delta'_j) (\sum_i z_i z'_i / \alpha_i)$, and no weight has to be visited.
 */
export interface LikeUnits {
  /** Which layer of the rows. */
  readonly layer: number;
  readonly units: readonly number[];
  /** The group of the prior for each input. */
  readonly groups: Int32Array;
  /** Prior variances $1 / \alpha_i$ for each input. */
  readonly variances: Float64Array;
}

/** The units of each layer in sets that are alike to a prior: one for most priors, at worst one a unit. */
export function likeUnits({ layers }: JacobianRows, { groupOf, precisions }: Pick<GroupedPrior, "groupOf" | "precisions">): readonly LikeUnits[] {
  return layers.flatMap((layer, l) => {
    const sets: { units: number[]; groups: Int32Array }[] = [];
    for (let j = 0; j < layer.units; j++) {
      const groups = Int32Array.from({ length: layer.inputs }, (_, i) => groupOf[parameterIndex(layer, j, i)]);
      const set = sets.find((one) => one.groups.every((g, i) => g === groups[i]));
      if (set === undefined) sets.push({ units: [j], groups });
      else set.units.push(j);
    }
    return sets.map(({ units, groups }) => ({ layer: l, units, groups, variances: Float64Array.from(groups, (g) => 1 / precisions[g]) }));
  });
}

/** What like units add to $A V B^\top$ for rows A and B, $V$ the prior variances: added to `sum`, of which perhaps only the lower triangle is wanted. */
export function addGram(a: JacobianRows, b: JacobianRows, like: LikeUnits, part: "all" | "lower", sum: Float64Array): void {
  const [p, q] = [a.layers[like.layer], b.layers[like.layer]];
  const ofInputs = outer(weighted(p.activations, like.variances), q.activations, p.inputs, part);
  const ofDeltas = deltaGram(a, b, like, part);
  const columns = rowCount(b);
  const width = columns / q.columns;
  for (let m = 0; m < rowCount(a); m++) {
    const row = Math.floor(m / p.columns) * width;
    const end = part === "lower" ? m + 1 : columns;
    const at = m * columns;
    if (q.columns === 1) for (let n = 0; n < end; n++) sum[at + n] += ofDeltas[at + n] * ofInputs[row + n];
    else for (let n = 0; n < end; n++) sum[at + n] += ofDeltas[at + n] * ofInputs[row + Math.floor(n / q.columns)];
  }
}

/** What like units add to the K x K blocks on the diagonal of $A V A^\top$, for K rows an example: N x K x K. */
export function addGramDiagonal(a: JacobianRows, like: LikeUnits, outputs: number, sum: Float64Array): void {
  const { activations, columns, inputs } = a.layers[like.layer];
  const deltas = deltasOf(a.layers[like.layer], like.units);
  const units = like.units.length;
  const inputProduct = (n: number, m: number): number => {
    let product = 0;
    for (let i = 0; i < inputs; i++) product += activations[n * inputs + i] * activations[m * inputs + i] * like.variances[i];
    return product;
  };
  for (let first = 0; first < rowCount(a); first += outputs) {
    // With layers, the rows of an example share its activations; without, each has its own.
    const shared = columns === outputs ? inputProduct(first / outputs, first / outputs) : undefined;
    for (let k = first; k < first + outputs; k++) {
      for (let l = first; l <= k; l++) {
        let product = 0;
        for (let j = 0; j < units; j++) product += deltas[k * units + j] * deltas[l * units + j];
        product *= shared ?? inputProduct(k, l);
        sum[k * outputs + l - first] += product;
        if (l < k) sum[l * outputs + k - first] += product;
      }
    }
  }
}

/** $b_i^\top E b_i$ summed over like units, b_i the column of the rows that belongs to a unit's input i, for a symmetric M x M matrix E: one number for each input. */
export function quadraticForms(a: JacobianRows, like: LikeUnits, matrix: Float64Array): Float64Array {
  const { activations, columns, inputs } = a.layers[like.layer];
  const weights = deltaGram(a, a, like, "all");
  const rows = rowCount(a);
  const count = rows / columns;
  const ofExamples = new Float64Array(count ** 2);
  for (let m = 0; m < rows; m++) {
    const row = Math.floor(m / columns) * count;
    for (let n = 0; n < rows; n++) ofExamples[row + Math.floor(n / columns)] += weights[m * rows + n] * matrix[m * rows + n];
  }
  const product = new Float64Array(activations.length);
  addProduct(1, rowMajor(ofExamples, count), rowMajor(activations, inputs), rowMajor(product, inputs), count, count, inputs);
  const forms = new Float64Array(inputs);
  for (let n = 0, at = 0; n < count; n++) for (let i = 0; i < inputs; i++, at++) forms[i] += activations[at] * product[at];
  return forms;
}

/** $\sum_j \delta_j \delta'_j$ over like units, for each row of A and each of B. */
function deltaGram(a: JacobianRows, b: JacobianRows, { layer, units }: LikeUnits, part: "all" | "lower"): Float64Array {
  return outer(deltasOf(a.layers[layer], units), deltasOf(b.layers[layer], units), units.length, part);
}

/** The deltas of some units, side by side. */
function deltasOf({ deltas, units: all }: LayerRows, units: readonly number[]): Float64Array {
  if (units.length === all) return deltas;
  const rows = deltas.length / all;
  const chosen = new Float64Array(rows * units.length);
  for (let m = 0, at = 0; m < rows; m++) for (const j of units) chosen[at++] = deltas[m * all + j];
  return chosen;
}

/** Columns times weights. */
function weighted(matrix: Float64Array, weights: Float64Array): Float64Array {
  const product = new Float64Array(matrix.length);
  for (let at = 0; at < product.length; ) for (let i = 0; i < weights.length; i++, at++) product[at] = matrix[at] * weights[i];
  return product;
}

/** A B', for A and B of k columns. */
function outer(a: Float64Array, b: Float64Array, k: number, part: "all" | "lower"): Float64Array {
  const [m, n] = [a.length / k, b.length / k];
  const product = new Float64Array(m * n);
  addProduct(1, rowMajor(a, k), transposed(rowMajor(b, k)), rowMajor(product, n), m, k, n, part);
  return product;
}
