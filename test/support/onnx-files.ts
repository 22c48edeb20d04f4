import type { Network } from "../../src/model/graph/network.ts";
import { fromOnnx } from "../../src/onnx.ts";
import torch from "../fixtures/torch-onnx.json" with { type: "json" };

/** A model of test/fixtures/torch-onnx.json: its file as base64, the shape of its inputs, and outputs by PyTorch. */
export interface OnnxCase {
  readonly model: string;
  readonly shape: readonly number[];
  readonly inputs: readonly number[][];
  readonly outputs: readonly number[][];
  readonly logits?: readonly number[][];
}

export const onnxCases: Readonly<Record<string, OnnxCase>> = torch.cases;

/** The bytes of its file. */
export function onnxFile(name: string): Uint8Array {
  return Uint8Array.from(atob(onnxCases[name].model), (character) => character.charCodeAt(0));
}

/** The network that is read with the link at its end. */
export async function wholeNetwork(name: string): Promise<Network> {
  return (await fromOnnx(onnxFile(name), { keepLink: true, ...(name.startsWith("scikit") && { output: "probabilities" }) })).model;
}
