import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { UnsupportedError } from "../errors.ts";
import type { Network } from "../model/graph/network.ts";
import { graphBuilder } from "./builder.ts";
import { converted } from "./convert.ts";
import { nodesBefore, type Producers } from "./logits.ts";
import type { OnnxModel, OnnxNode } from "./model-file.ts";

/** The dense layer that gives an edge, and the edge that it takes. */
export function lastLayerOf(model: OnnxModel, producers: Producers, edge: string): { readonly features: string; readonly network: Network } {
  const product = productBefore(edge, producers);
  const [features, weights] = product?.inputs ?? [];
  const shape = model.initializers.get(weights)?.shape;
  if (product === undefined || shape?.length !== 2) {
    const node = producers.get(edge);
    throw new UnsupportedError(`The output ${JSON.stringify(edge)} comes from ${node === undefined ? "no node" : node.operator}, and not from a dense layer: Gemm, or MatMul with or without Add, with constant weights. Name one of those in \`output\`.`);
  }
  const size = shape[product.attributes.get("transB")?.integer === 1 ? 1 : 0];
  // The features are an input here, whatever gives them.
  const nodes = nodesBefore(edge, model.nodes, new Map(Array.from(producers).filter(([name]) => name !== features)));
  return { features, network: converted(model, nodes, edge, features, graphBuilder([size], undefined), [size]) };
}

function productBefore(edge: string, producers: Producers): OnnxNode | undefined {
  const node = producers.get(edge);
  const before = node?.operator === "Add" ? node.inputs.map((input) => producers.get(input)) : [node];
  return before.find((one) => one?.operator === "MatMul" || (one?.operator === "Gemm" && one === node));
}

/** The file with one more output. Protobuf joins a message that comes in parts, so that the part which names the output goes to the end of the file. */
export function withOutput(file: Uint8Array, name: string): Uint8Array {
  const output = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name).finish();
  const graph = new BinaryWriter().tag(12, WireType.LengthDelimited).bytes(output).finish();
  const end = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(graph).finish();
  const whole = new Uint8Array(file.length + end.length);
  whole.set(file);
  whole.set(end, file.length);
  return whole;
}
