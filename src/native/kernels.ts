import { NotFiniteError } from "../errors.ts";
import type { Accelerator } from "../linalg/accelerator.ts";
import type { SymmetricEigen } from "../linalg/tridiagonal-eigen.ts";
import { backward, block, reversedRows, rowMajor, sameNumbers, transposed, type View } from "../linalg/view.ts";
import { storageOf, type Storage } from "./storage.ts";
import type { NativeFunctions } from "./symbols.ts";

/** CBLAS's constants. */
const [plain, transpose, upper, lower, nonUnit, left] = [111, 112, 121, 122, 131, 141];

/** Whole operations of a library with CBLAS and LAPACK, in place. */
export function nativeKernels(library: NativeFunctions): Accelerator {
  return {
    addProduct(scale, a, b, c, m, k, n, part) {
      if (part === "all") addProduct(library, scale, a, b, c, m, k, n);
      else if (m === n && sameNumbers(transposed(a), b)) addSymmetricProduct(library, scale, a, c, n, k);
      else addLowerProduct(library, scale, a, b, c, m, k, n);
    },
    solveTriangular: (l, n, b, columns) => solveTriangular(library, l, n, b, columns),
    factorize: (a, n) => factorize(library, a, n),
    invertTriangular(l, n) {
      const { numbers, leading } = storageOf(l, n, n);
      library.dtrtri_(letter("U"), letter("N"), integer(n), numbers, integer(leading), integer(0), 1, 1);
    },
    invertFactor(l, n) {
      const { numbers, leading } = storageOf(l, n, n);
      library.dpotri_(letter("U"), integer(n), numbers, integer(leading), integer(0), 1);
    },
    symmetricEigen: (a, n) => symmetricEigen(library, a, n),
    symmetricEigenvalues: (a, n) => decompose(library, a, n, "N"),
  };
}

/** Where a factor does not lie as the product does, its transpose does. */
const operation = (factor: Storage, order: number) => (factor.order === order ? plain : transpose);

function addProduct(library: NativeFunctions, scale: number, a: View, b: View, c: View, m: number, k: number, n: number): void {
  const [x, y, sum] = [storageOf(a, m, k), storageOf(b, k, n), storageOf(c, m, n)];
  const { order } = sum;
  library.cblas_dgemm(
    order, operation(x, order), operation(y, order), m, n, k,
    scale, x.numbers, x.leading, y.numbers, y.leading, 1, sum.numbers, sum.leading,
  );
}

/** $C \leftarrow C + s A A^\top$ in the lower triangle. */
function addSymmetricProduct(library: NativeFunctions, scale: number, a: View, c: View, n: number, k: number): void {
  const [x, sum] = [storageOf(a, n, k), storageOf(c, n, n)];
  library.cblas_dsyrk(sum.order, lower, operation(x, sum.order), n, k, scale, x.numbers, x.leading, 1, sum.numbers, sum.leading);
}

/** Columns of a strip, whose square on the diagonal is computed aside because half of it is not wanted. */
const strip = 64;

function addLowerProduct(library: NativeFunctions, scale: number, a: View, b: View, c: View, m: number, k: number, n: number): void {
  const square = new Float64Array(strip * strip);
  for (let j = 0; j < Math.min(m, n); j += strip) {
    const columns = Math.min(strip, n - j);
    const rows = Math.min(columns, m - j);
    const right = block(b, 0, j);
    addProduct(library, scale, block(a, j, 0), right, rowMajor(square.fill(0), strip), rows, k, columns);
    for (let r = 0; r < rows; r++) {
      const to = c.offset + (j + r) * c.rowStride + j * c.columnStride;
      for (let q = 0; q <= r; q++) c.data[to + q * c.columnStride] += square[r * strip + q];
    }
    const below = j + rows;
    if (below < m) addProduct(library, scale, block(a, below, 0), right, block(c, below, j), m - below, k, columns);
  }
}

function solveTriangular(library: NativeFunctions, l: View, n: number, b: View, columns: number): void {
  // A system that is read backwards, from its last row up, is an upper triangular one.
  const backwards = b.rowStride < 0;
  const factor = storageOf(backwards ? transposed(backward(l, n)) : l, n, n);
  const { order, numbers, leading } = storageOf(backwards ? reversedRows(b, n) : b, n, columns);
  const triangle = backwards === (factor.order === order) ? upper : lower;
  library.cblas_dtrsm(
    order, left, triangle, operation(factor, order), nonUnit, n, columns,
    1, factor.numbers, factor.leading, numbers, leading,
  );
}

/** The upper triangle of a matrix stored by columns, as LAPACK has it, is our lower one. */
function factorize(library: NativeFunctions, a: View, n: number): number {
  const { numbers, leading } = storageOf(a, n, n);
  const failure = integer(0);
  library.dpotrf_(letter("U"), integer(n), numbers, integer(leading), failure, 1);
  // Some libraries let NaN pass, which then stands in the pivot.
  const factorized = failure[0] > 0 ? failure[0] - 1 : n;
  for (let i = 0; i < factorized; i++) {
    if (!(numbers[i * (leading + 1)] > 0)) return i;
  }
  return factorized === n ? -1 : factorized;
}

/** LAPACK leaves eigenvectors in its columns, which are our rows. */
function symmetricEigen(library: NativeFunctions, a: Float64Array, n: number): SymmetricEigen {
  const values = decompose(library, a, n, "V");
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const below = a[i * n + j];
      a[i * n + j] = a[j * n + i];
      a[j * n + i] = below;
    }
  }
  return { values, vectors: a };
}

/** The eigenvalues in ascending order; with `job` "V" the matrix becomes its eigenvectors (divide and conquer). */
function decompose(library: NativeFunctions, a: Float64Array, n: number, job: "N" | "V"): Float64Array {
  const values = new Float64Array(n);
  const failure = integer(0);
  const work = job === "V" ? 1 + 6 * n + 2 * n * n : 2 * n + 1;
  const integers = 3 + 5 * n;
  library.dsyevd_(
    letter(job), letter("U"), integer(n), a, integer(n), values,
    new Float64Array(work), integer(work), new Int32Array(integers), integer(integers), failure, 1, 1,
  );
  if (failure[0] !== 0) {
    throw new NotFiniteError(`The eigenvalues of the matrix could not be found (dsyevd ended with ${failure[0]}). Standardise the inputs, or use a stronger prior.`);
  }
  return values;
}

const integer = (value: number) => Int32Array.of(value);
const letter = (value: string) => Uint8Array.of(value.charCodeAt(0));
