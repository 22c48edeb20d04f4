/** N blocks of K x K with the rows of an N x K table on their diagonals: curvature of outputs that do not interact. */
export function diagonalBlocks(values: Float64Array, columns: number): Float64Array {
  const blocks = new Float64Array(values.length * columns);
  for (let i = 0; i < values.length; i++) blocks[i * columns + (i % columns)] = values[i];
  return blocks;
}
