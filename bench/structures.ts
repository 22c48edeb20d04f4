import { blockDiagonal, diagonal, full, kronecker, lowRank, type Structure } from "laplace-ts";

/** The structures that are measured. A new one is one entry here: its curves of cost follow, and jobs may name it. */
export const structures: Readonly<Record<string, () => Structure>> = {
  full,
  "blockDiagonal, layers": blockDiagonal,
  "blockDiagonal, units": () => blockDiagonal({ blocks: "unit" }),
  kronecker,
  "lowRank, rank 20": () => lowRank({ rank: 20 }),
  diagonal,
};
