import type { View } from "../view.ts";

/** A matrix in the memory of a WebAssembly instance; addresses and strides in bytes. */
export interface Operand {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** The lines of adjacent numbers of which a view with one unit stride is made, and where they go. */
interface Lines {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
  readonly length: number;
  /** Numbers from one line to the next in the memory. */
  readonly pitch: number;
}

const pageBytes = 65536;

/** Lines whose distance is a multiple of so many numbers compete for the same lines of the cache. */
const aliasing = 256;

/** What such lines are kept apart by. */
const padding = 8;

/** The copies of matrices on which kernels work, one after the other from `base` on. */
export class OperandMemory {
  private readonly memory: WebAssembly.Memory;
  private readonly base: number;
  private numbers: Float64Array;
  private end: number;

  constructor(memory: WebAssembly.Memory, base: number) {
    this.memory = memory;
    this.base = base;
    this.end = base;
    this.numbers = new Float64Array(memory.buffer);
  }

  /** Grows to hold this many numbers, if the engine has the memory. */
  reserve(numbers: number): boolean {
    const missing = this.base + 8 * numbers * (1 + padding / aliasing) - this.memory.buffer.byteLength;
    if (missing <= 0) return true;
    try {
      this.memory.grow(Math.ceil(missing / pageBytes));
    } catch {
      return false;
    }
    this.numbers = new Float64Array(this.memory.buffer);
    return true;
  }

  /** Forgets all operands. */
  clear(): void {
    this.end = this.base;
  }

  /** Sets room apart; returns its address. */
  allocate(numbers: number): number {
    const address = this.end;
    this.end += 8 * numbers;
    return address;
  }

  /** The numbers at an address, until the memory grows. */
  at(address: number, length: number): Float64Array {
    return this.numbers.subarray(address / 8, address / 8 + length);
  }

  /** Copies a matrix in. */
  place(view: View, rows: number, columns: number): Operand {
    const { start, stride, count, length, pitch } = linesOf(view, rows, columns);
    const address = this.allocate(count * pitch);
    let to = address / 8;
    if (stride === length && pitch === length) this.numbers.set(view.data.subarray(start, start + count * length), to);
    else {
      for (let i = 0, from = start; i < count; i++, from += stride, to += pitch) {
        this.numbers.set(view.data.subarray(from, from + length), to);
      }
    }
    return operandAt(address, pitch, view, rows, columns);
  }

  /** Copies a matrix back to where it came from. */
  fetch(operand: Operand, view: View, rows: number, columns: number): void {
    const { start, stride, count, length, pitch } = linesOf(view, rows, columns);
    let from = (operand.address + Math.min(0, operand.row * (rows - 1)) + Math.min(0, operand.column * (columns - 1))) / 8;
    if (stride === length && pitch === length) view.data.set(this.numbers.subarray(from, from + count * length), start);
    else {
      for (let i = 0, to = start; i < count; i++, from += pitch, to += stride) {
        view.data.set(this.numbers.subarray(from, from + length), to);
      }
    }
  }
}

/** Whether lines run along the rows of a view, not down its columns. */
function alongRows({ rowStride, columnStride }: View, rows: number, columns: number): boolean {
  return Math.abs(columnStride) === 1 && (columns >= rows || Math.abs(rowStride) !== 1);
}

function linesOf(view: View, rows: number, columns: number): Lines {
  const { offset, rowStride, columnStride } = view;
  const start = offset + Math.min(0, rowStride * (rows - 1)) + Math.min(0, columnStride * (columns - 1));
  const [count, length, stride] = alongRows(view, rows, columns)
    ? [rows, columns, Math.abs(rowStride)]
    : [columns, rows, Math.abs(columnStride)];
  return { start, stride, count, length, pitch: length > 0 && length % aliasing === 0 ? length + padding : length };
}

/** The copy of a view whose lines start at `address`, read in the view's directions. */
function operandAt(address: number, pitch: number, view: View, rows: number, columns: number): Operand {
  const [down, across] = alongRows(view, rows, columns) ? [8 * pitch, 8] : [8, 8 * pitch];
  const row = view.rowStride < 0 ? -down : down;
  const column = view.columnStride < 0 ? -across : across;
  return { address: address - Math.min(0, row * (rows - 1)) - Math.min(0, column * (columns - 1)), row, column };
}
