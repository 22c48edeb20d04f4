import { magnitude, optimalBrainDamage, optimalBrainSurgeon, type PruningMethod } from "laplace-ts";

export interface NamedMethod {
  readonly name: string;
  readonly method: PruningMethod;
}

/** What is compared, in the order of tables and legends. */
export const METHODS: readonly NamedMethod[] = [
  { name: "Optimal Brain Surgeon", method: optimalBrainSurgeon() },
  { name: "Optimal Brain Damage", method: optimalBrainDamage() },
  { name: "magnitude", method: magnitude() },
];
