/** What `assembly/index.ts` exports; addresses and strides in bytes, orders in numbers. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly operands: WebAssembly.Global;
  addProduct(
    scale: number,
    a: number, aRow: number, aColumn: number,
    b: number, bRow: number, bColumn: number,
    c: number, cRow: number, cColumn: number,
    m: number, k: number, n: number, lower: boolean,
  ): void;
  solveTriangular(
    l: number, lRow: number, lColumn: number, n: number,
    b: number, bRow: number, bColumn: number, columns: number,
  ): void;
  factorize(a: number, row: number, n: number): number;
  invertTriangular(l: number, row: number, n: number): void;
  addTriangularGram(w: number, c: number, row: number, n: number): void;
  tridiagonalize(a: number, row: number, n: number, diagonal: number, offDiagonal: number, factors: number, work: number): void;
  accumulateReflections(reflectors: number, row: number, n: number, factors: number, q: number, work: number): void;
  packStrips(q: number, row: number, n: number, strips: number): void;
  rotateStrips(strips: number, n: number, sweeps: number, sweepBytes: number, count: number): void;
}
