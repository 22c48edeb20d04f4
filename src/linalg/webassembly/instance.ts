import type { SymmetricReduction } from "../rotating-basis.ts";
import { transposed, type View } from "../view.ts";
import type { Exports } from "./exports.ts";
import { OperandMemory, type Operand } from "./memory.ts";
import { reduceSymmetric } from "./symmetric-reduction.ts";

/** Whole operations on copies in the memory of a WebAssembly instance; views have a unit stride in one direction. */
export interface WebAssemblyKernels {
  /** Makes room for operands of so many numbers; false if there is none. */
  reserve(numbers: number): boolean;
  /** $C \leftarrow C + s A B$, or only the lower triangle of $C$. */
  addProduct(scale: number, a: View, b: View, c: View, m: number, k: number, n: number, lower: boolean): void;
  /** $B \leftarrow L^{-1} B$ */
  solveTriangular(l: View, n: number, b: View, columns: number): void;
  /** Row-major $A$ becomes its Cholesky factor; returns -1, or the index of the first pivot that is not positive. */
  factorize(a: View, n: number): number;
  /** Row-major $L$ becomes its inverse. */
  invertTriangular(l: View, n: number): void;
  /** $C \leftarrow C + W^\top W$ in the lower triangle, $W$ lower triangular with zeros above the diagonal, both row-major. */
  addTriangularGram(w: View, c: View, n: number): void;
  /** The reduction of row-major $A$, of which the lower triangle is read, to tridiagonal form; it lasts until the next operation. */
  reduceSymmetric(a: View, n: number): SymmetricReduction;
}

/**
 * Compiles and starts the kernels, at once; `undefined` where that is not to be: the engine lacks the instructions, or the
 * content security policy of the page forbids to compile.
 */
export function instantiate(base64: string): WebAssemblyKernels | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return kernelsOf(exports as unknown as Exports);
  } catch {
    return undefined;
  }
}

function kernelsOf(instance: Exports): WebAssemblyKernels {
  const memory = new OperandMemory(instance.memory, instance.operands.value as number);
  return {
    reserve: (numbers) => memory.reserve(numbers),
    addProduct(scale, a, b, c, m, k, n, lower) {
      memory.clear();
      const left = memory.place(a, m, k);
      const right = m === n && sameNumbers(transposed(a), b) ? transposedOperand(left) : memory.place(b, k, n);
      const sum = memory.place(c, m, n);
      instance.addProduct(
        scale,
        left.address, left.row, left.column,
        right.address, right.row, right.column,
        sum.address, sum.row, sum.column,
        m, k, n, lower,
      );
      memory.fetch(sum, c, m, n);
    },
    solveTriangular(l, n, b, columns) {
      memory.clear();
      const factor = memory.place(l, n, n);
      const x = memory.place(b, n, columns);
      instance.solveTriangular(factor.address, factor.row, factor.column, n, x.address, x.row, x.column, columns);
      memory.fetch(x, b, n, columns);
    },
    factorize(a, n) {
      memory.clear();
      const factor = memory.place(a, n, n);
      const failure = instance.factorize(factor.address, factor.row, n);
      memory.fetch(factor, a, n, n);
      return failure;
    },
    invertTriangular(l, n) {
      memory.clear();
      const inverse = memory.place(l, n, n);
      instance.invertTriangular(inverse.address, inverse.row, n);
      memory.fetch(inverse, l, n, n);
    },
    addTriangularGram(w, c, n) {
      memory.clear();
      const factor = memory.place(w, n, n);
      const sum = memory.place(c, n, n);
      instance.addTriangularGram(factor.address, sum.address, sum.row, n);
      memory.fetch(sum, c, n, n);
    },
    reduceSymmetric: (a, n) => reduceSymmetric(instance, memory, a, n),
  };
}

function sameNumbers(x: View, y: View): boolean {
  return x.data === y.data && x.offset === y.offset && x.rowStride === y.rowStride && x.columnStride === y.columnStride;
}

function transposedOperand({ address, row, column }: Operand): Operand {
  return { address, row: column, column: row };
}
