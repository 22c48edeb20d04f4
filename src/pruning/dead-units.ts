import { isDense } from "../model/dense-network.ts";
import type { DenseLayer } from "../model/dense-pass.ts";
import type { Model } from "../model/model.ts";

/** Which weights of a model are kept, and all its weights, zeros for those that are not. */
export interface KeptWeights {
  /** Ascending. */
  readonly kept: Int32Array;
  /** W of the whole model. */
  readonly weights: Float64Array;
}

/** For each hidden layer, how many of its units have weights left: those that {@link withoutDeadUnits} leaves. */
export function livingUnits(model: Model, kept: Int32Array): number[] | undefined {
  if (!isDense(model)) return undefined;
  const { layers } = model;
  const isKept = maskOf(model, kept);
  return layers.slice(0, -1).map((layer, l) => units(layer).filter((unit) => outgoing(layers[l + 1], unit).some((w) => isKept[w] === 1)).length);
}

/**
 * Removes what is left of hidden units that do nothing, without changing the outputs. A unit that nothing leaves takes its other weights along. A unit that nothing enters is a constant $c = h(b)$: each weight $w$ that leaves it adds $w c$ to the bias
 * where it leads, which comes back if it was removed, so that there are never more weights than before. Where layers have no biases, such a unit stays unless $c = 0$. A removal may kill other units, before and behind.
 */
export function withoutDeadUnits(model: Model, { kept, weights }: KeptWeights): KeptWeights {
  if (!isDense(model)) return { kept, weights };
  const { layers } = model;
  const isKept = maskOf(model, kept);
  const values = weights.slice();
  while (layers.slice(0, -1).some((layer, l) => units(layer).some((unit) => removeIfDead(layer, layers[l + 1], unit, isKept, values)))) continue;
  return { kept: Int32Array.from(isKept.keys()).filter((w) => isKept[w] === 1), weights: values };
}

/** Whether there was anything to remove. */
function removeIfDead(layer: DenseLayer, next: DenseLayer, unit: number, isKept: Uint8Array, values: Float64Array): boolean {
  const has = (w: number): boolean => isKept[w] === 1;
  const remove = (w: number): void => {
    isKept[w] = 0;
    values[w] = 0;
  };
  const [into, out] = [incoming(layer, unit), outgoing(next, unit)];
  const bias = layer.biases && layer.biases.offset + unit;
  const whole = bias === undefined ? into : [...into, bias];
  if (!out.some(has)) {
    if (!whole.some(has)) return false;
    whole.forEach(remove);
    return true;
  }
  if (into.some(has)) return false;
  const constant = layer.activation.value(bias === undefined ? 0 : values[bias]);
  if (constant !== 0 && next.biases === undefined) return false;
  out.forEach((w, target) => {
    if (!has(w)) return;
    if (constant !== 0) {
      isKept[next.biases!.offset + target] = 1;
      values[next.biases!.offset + target] += values[w] * constant;
    }
    remove(w);
  });
  if (bias !== undefined) remove(bias);
  return true;
}

function units(layer: DenseLayer): number[] {
  return Array.from({ length: layer.outputs }, (_, unit) => unit);
}

/** Indices of the weights into a unit of a layer, without its bias. */
function incoming({ inputs, weights }: DenseLayer, unit: number): number[] {
  return Array.from({ length: inputs }, (_, source) => weights.offset + unit * inputs + source);
}

/** Indices of the weights of the next layer that leave a unit, one for each unit there. */
function outgoing(next: DenseLayer, unit: number): number[] {
  return Array.from({ length: next.outputs }, (_, target) => next.weights.offset + target * next.inputs + unit);
}

function maskOf(model: Model, kept: Int32Array): Uint8Array {
  const mask = new Uint8Array(model.parameters.length);
  for (const w of kept) mask[w] = 1;
  return mask;
}
