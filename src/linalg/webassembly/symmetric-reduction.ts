import type { RotatingBasis, SymmetricReduction } from "../rotating-basis.ts";
import type { View } from "../view.ts";
import type { Exports } from "./exports.ts";
import type { OperandMemory } from "./memory.ts";

/** Reflections that act together, as in `assembly/tridiagonal.ts`. */
const blockSize = 32;
/** Rows of a strip, as in `assembly/rotations.ts`. */
const stripRows = 8;
/** Sweeps of rotations that wait to go over the strips together. */
const waitingSweeps = 32;

/**
 * The reduction of a symmetric matrix to tridiagonal form in the memory of the instance, where its basis stays and rotates
 * until another operation takes the memory.
 */
export function reduceSymmetric(instance: Exports, memory: OperandMemory, a: View, n: number): SymmetricReduction {
  memory.clear();
  const { address, row } = memory.place(a, n, n);
  memory.allocate(stripRows * n); // strips of the basis later replace the matrix, and the last one may be part empty
  const diagonal = memory.allocate(n);
  const offDiagonal = memory.allocate(n);
  const factors = memory.allocate(n);
  const work = memory.allocate((2 * blockSize * row) / 8 + 2 * blockSize * blockSize);
  instance.tridiagonalize(address, row, n, diagonal, offDiagonal, factors, work);
  return {
    diagonal: memory.at(diagonal, n).slice(),
    offDiagonal: memory.at(offDiagonal, n).slice(),
    basis() {
      const q = memory.allocate((n * row) / 8);
      instance.accumulateReflections(address, row, n, factors, q, work);
      instance.packStrips(q, row, n, address);
      return basisInStrips(instance, memory, address, work, n);
    },
  };
}

function basisInStrips(instance: Exports, memory: OperandMemory, strips: number, sweeps: number, n: number): RotatingBasis {
  const sweepLength = 2 * n + 2;
  const waiting = memory.at(sweeps, waitingSweeps * sweepLength);
  let count = 0;
  const flush = () => {
    instance.rotateStrips(strips, n, sweeps, 8 * sweepLength, count);
    count = 0;
  };
  return {
    rotate(first, last, cosines, sines) {
      const start = count * sweepLength;
      waiting[start] = first;
      waiting[start + 1] = last;
      for (let i = first, to = start + 2 + 2 * first; i < last; i++, to += 2) {
        waiting[to] = cosines[i];
        waiting[to + 1] = sines[i];
      }
      if (++count === waitingSweeps) flush();
    },
    columns(order) {
      flush();
      const basis = memory.at(strips, stripRows * n * Math.ceil(n / stripRows));
      const result = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        const strip = stripRows * n * Math.floor(i / stripRows) + (i % stripRows);
        for (let j = 0; j < n; j++) result[i * n + j] = basis[strip + stripRows * order[j]];
      }
      return result;
    },
  };
}
