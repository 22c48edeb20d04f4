import type { OutputLink } from "../model/imported.ts";
import type { OnnxNode } from "./model-file.ts";

/** By the edge of the graph, what gives it. */
export type Producers = ReadonlyMap<string, OnnxNode>;

export function producersOf(nodes: readonly OnnxNode[]): Producers {
  return new Map(nodes.flatMap((node) => node.outputs.map((output): [string, OnnxNode] => [output, node])));
}

/** What comes before a link function, and which it is. */
export interface Logits {
  readonly edge: string;
  readonly link: OutputLink;
}

/**
 * The edge before the link function, if `edge` is what a link function gave: softmax, sigmoid, and what classifiers have after them, as the number or name of the most probable class and
 * a list of probabilities. Likelihoods have the link in them, and want what comes before.
 */
export function logitsOf(edge: string, producers: Producers): Logits | undefined {
  const node = producers.get(edge);
  if (node === undefined) return undefined;
  const [first, second] = node.inputs;
  switch (node.operator) {
    case "Softmax":
      return { edge: first, link: "softmax" };
    case "LogSoftmax":
      return { edge: first, link: "logSoftmax" };
    case "Sigmoid":
      return { edge: first, link: "sigmoid" };
    case "ArgMax":
      return logitsOf(first, producers) ?? { edge: first, link: "softmax" };
    case "ai.onnx.ml:Binarizer":
      return logitsOf(first, producers) ?? { edge: first, link: "sigmoid" };
    case "Cast":
    case "Identity":
    case "Reshape":
    case "Squeeze":
    case "ai.onnx.ml:ZipMap":
      return logitsOf(first, producers);
    // The label of class i.
    case "ai.onnx.ml:ArrayFeatureExtractor":
      return logitsOf(second, producers);
    // The probabilities 1 - p and p.
    case "Concat":
      return node.inputs.length === 2 && producers.get(first)?.operator === "Sub" && producers.get(first)?.inputs[1] === second ? logitsOf(second, producers) : undefined;
    default:
      return undefined;
  }
}

/** The nodes that lead to an edge, in the order of the file. */
export function nodesBefore(edge: string, nodes: readonly OnnxNode[], producers: Producers): readonly OnnxNode[] {
  const needed = new Set<OnnxNode>();
  const open = [edge];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = producers.get(next);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs);
  }
  return nodes.filter((node) => needed.has(node));
}
