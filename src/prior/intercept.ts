import type { Model } from "../model/model.ts";
import { holding, type GroupedPrior } from "./prior.ts";

/**
 * The prior with the precision of the output biases held, where they have one of their own. With targets that are centred, the best biases of the outputs are 0 to rounding, whatever the data: by
 * MacKay's equation their precision would grow without bounds, and the mean of the targets count as known.
 */
export function holdingIntercept(prior: GroupedPrior, { tensors }: Model): GroupedPrior {
  const { role, offset, rows } = tensors[tensors.length - 1];
  if (role !== "biases") return prior;
  const own = new Set(prior.groupOf.subarray(offset, offset + rows));
  const shared = new Set(prior.groupOf.subarray(0, offset));
  return holding(prior, (group) => own.has(group) && !shared.has(group));
}
