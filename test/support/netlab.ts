/** Netlab's weight matrices have a row for each input; ours, as PyTorch's, a row for each output. */
export interface NetlabWeights {
  readonly w1: readonly (readonly number[])[];
  readonly b1: readonly number[];
  readonly w2: readonly (readonly number[])[];
  readonly b2: readonly number[];
}

/** The parameters of a Netlab network in the order of {@link Model.parameters}. */
export function fromNetlab({ w1, b1, w2, b2 }: NetlabWeights): number[] {
  return [...columns(w1).flat(), ...b1, ...columns(w2).flat(), ...b2];
}

function columns(rows: readonly (readonly number[])[]): number[][] {
  return rows[0].map((_, j) => rows.map((row) => row[j]));
}
