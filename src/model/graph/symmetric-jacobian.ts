import type { OperationPass } from "./layer.ts";

/** Both products with the Jacobian of an operation of one input, where it is symmetric: `product` adds J v to its second argument. */
export function symmetricJacobian(product: (v: Float64Array, into: Float64Array) => void): Pick<OperationPass, "pull" | "push"> {
  return {
    pull: (u, [into]) => {
      if (into !== undefined) product(u, into);
    },
    push: ([change], _, into) => {
      if (change !== undefined) product(change, into);
    },
  };
}
