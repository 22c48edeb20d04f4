import type { Accelerator } from "../accelerator.ts";
import { eigenOf, eigenvaluesOf } from "../tridiagonal-eigen.ts";
import { rowMajor, sameNumbers, transposed } from "../view.ts";
import type { Exports } from "./exports.ts";
import { OperandMemory, type Operand } from "./memory.ts";
import { reduceSymmetric } from "./symmetric-reduction.ts";

/**
 * Compiles and starts the kernels, at once; `undefined` where that is not to be: the engine lacks the instructions, or the
 * content security policy of the page forbids to compile.
 */
export function instantiate(hexadecimal: string): Accelerator | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(hexadecimal)));
    return kernelsOf(exports as unknown as Exports);
  } catch {
    return undefined;
  }
}

/** The bytes of a program that is written with two digits for each. */
export function bytesOf(hexadecimal: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hexadecimal.length / 2 }, (_, i) => parseInt(hexadecimal.slice(2 * i, 2 * i + 2), 16));
}

/** Whole operations on copies in the memory of an instance. */
function kernelsOf(instance: Exports): Accelerator {
  const memory = new OperandMemory(instance.memory, instance.operands.value as number);
  return {
    reserve: (numbers) => memory.reserve(numbers),
    addProduct(scale, a, b, c, m, k, n, part) {
      memory.clear();
      const left = memory.place(a, m, k);
      const right = m === n && sameNumbers(transposed(a), b) ? transposedOperand(left) : memory.place(b, k, n);
      const sum = memory.place(c, m, n);
      instance.addProduct(
        scale,
        left.address, left.row, left.column,
        right.address, right.row, right.column,
        sum.address, sum.row, sum.column,
        m, k, n, part === "lower",
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
    invertFactor(l, n) {
      memory.clear();
      const factor = memory.place(l, n, n);
      const length = (n * factor.row) / 8;
      const inverse = memory.allocate(length);
      memory.at(inverse, length).fill(0);
      instance.invertTriangular(factor.address, factor.row, n);
      instance.addTriangularGram(factor.address, inverse, factor.row, n);
      memory.fetch({ ...factor, address: inverse }, l, n, n);
    },
    symmetricEigen: (a, n) => eigenOf(reduceSymmetric(instance, memory, rowMajor(a, n), n), n),
    symmetricEigenvalues: (a, n) => eigenvaluesOf(reduceSymmetric(instance, memory, rowMajor(a, n), n), n),
  };
}

function transposedOperand({ address, row, column }: Operand): Operand {
  return { address, row: column, column: row };
}
