import { gather, type FlatArray, type Table } from "./data.ts";
import { fitModel, type FitOptions } from "./fit-model.ts";
import type { Likelihood } from "./likelihood/likelihood.ts";
import type { Moments } from "./likelihood/pooled-student-t.ts";
import type { DenseNetwork } from "./model/dense-network.ts";
import { mlp } from "./model/mlp.ts";
import type { Networks } from "./networks.ts";
import { momentsOf } from "./pooling.ts";
import { predict } from "./predictive/predict.ts";
import { perLayer } from "./prior/per-layer.ts";
import { withSpread } from "./spread.ts";
import type { Trained } from "./training/train.ts";

/** What the fits of a family have in common. */
export interface MemberParts<L extends Likelihood = Likelihood> {
  readonly likelihood: L;
  readonly inputs: Table;
  readonly targets: Table;
  /** Of the networks. */
  readonly outputs: number;
  readonly activation: Networks["activation"];
  readonly options: FitOptions;
}

/** One of the fits. */
export interface MemberTask {
  /** The numbers of units in its hidden layers. */
  readonly hidden: readonly number[];
  /** Of the initial weights. */
  readonly seed: number;
  /** Whether each layer has one prior precision, and not each input. */
  readonly priorPerLayer: boolean;
  /** The examples to hold out, none to fit to all. */
  readonly heldOut: Int32Array;
  /** The spreads with which to predict those. */
  readonly spreads: readonly number[];
}

/** What became of it. */
export interface Member<L extends Likelihood = Likelihood> {
  readonly training: Trained<DenseNetwork, L>;
  /** The log densities of the examples held out, for each spread. */
  readonly logDensities: readonly Float64Array[];
  /** What they are predicted to be, where noise is of Student's t distribution. */
  readonly moments?: Moments | undefined;
}

/** Fits a network of the family, here. */
export async function fitMember<L extends Likelihood>({ likelihood, inputs, targets, outputs, activation, options: asked }: MemberParts<L>, { hidden, seed, priorPerLayer, heldOut, spreads }: MemberTask): Promise<Member<L>> {
  const options = priorPerLayer ? { ...asked, prior: perLayer() } : asked;
  const held = new Set(heldOut);
  const others = Int32Array.from({ length: inputs.rows }, (_, n) => n).filter((n) => !held.has(n));
  const data = examplesOf(gather(inputs, others), gather(targets, others));
  const fitted = await fitModel(mlp([inputs.columns, ...hidden, outputs], { activation, seed }), likelihood, data, options);
  if (heldOut.length === 0) return { training: fitted.training, logDensities: [] };
  const test = examplesOf(gather(inputs, heldOut), gather(targets, heldOut));
  const logDensities: Float64Array[] = [];
  let moments: Moments | undefined;
  for (const share of spreads) {
    const prediction = await predict(await withSpread(fitted, share, data, options), test.inputs);
    logDensities.push(prediction.logDensity(test.targets));
    // The first is of spread 1.
    moments ??= momentsOf(prediction, fitted.likelihood);
  }
  return { training: fitted.training, logDensities, moments };
}

/** In a worker thread: with a result that shares no array with the next. As in `inWorkers`, packing is loaded when it is needed. */
export function membersInThread(parts: MemberParts): (task: MemberTask) => Promise<unknown> {
  return async (task) => {
    const { packed } = await import("./workers/packing.ts");
    return structuredClone(packed(await fitMember(parts, task)));
  };
}

/** Tables as a user gives them. */
export function examplesOf(inputs: Table, targets: Table): { readonly inputs: FlatArray; readonly targets: FlatArray } {
  return { inputs: flat(inputs), targets: flat(targets) };
}

function flat({ data, rows, columns }: Table): FlatArray {
  return { data, shape: [rows, columns] };
}
