import { InvalidArgumentError, LaplaceError, describe } from "../errors.ts";
import { readTensor, type Constant, type NamedConstant } from "./tensor.ts";
import { bytes, floats, integers, readMessage, text } from "./wire.ts";

/** What is read from an .onnx file. */
export interface OnnxModel {
  /** The version of the operators. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Constant>;
  /** Without those that have an initial value. */
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
}

/** An operator at its place in the graph. */
export interface OnnxNode {
  readonly name: string;
  /** `"Gemm"`; of other domains than ONNX's own `"com.microsoft:FusedGemm"`. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** An attribute: whichever of these its type says. */
export interface OnnxAttribute {
  readonly number: number | undefined;
  readonly integer: number | undefined;
  readonly text: string | undefined;
  readonly tensor: Constant | undefined;
  readonly numbers: readonly number[];
  readonly integers: readonly number[];
}

/** An input of the graph; sizes that the file gives a name or nothing are undefined, and so is a shape that it does not tell. */
export interface OnnxInput {
  readonly name: string;
  readonly shape: readonly (number | undefined)[] | undefined;
}

function adviceForFile(given: unknown): string {
  if (typeof given === "string") return "Read the file first: await readFile(path), of node:fs/promises.";
  return given instanceof Promise ? "Await it first." : "An ArrayBuffer goes in as new Uint8Array(buffer).";
}

/** A `ModelProto`. @throws {@link InvalidArgumentError} for what is none, or breaks off. */
export function readModel(file: Uint8Array): OnnxModel {
  if (!(file instanceof Uint8Array)) throw new InvalidArgumentError({ argument: "bytes", expected: "a Uint8Array, the bytes of an .onnx file", received: describe(file), advice: adviceForFile(file) });
  let opset = 0;
  // A message that comes in parts is all of them, one after the other.
  const graph: Uint8Array[] = [];
  try {
    readMessage(file, {
      7: bytes((message) => graph.push(message)),
      8: bytes((message) => {
        let [domain, version] = ["", 0];
        readMessage(message, { 1: text((value) => (domain = value)), 2: integers((value) => (version = value)) });
        if (isOwnDomain(domain)) opset = version;
      }),
    });
    if (graph.length === 0) throw new RangeError("it has no graph");
    return { opset, ...readGraph(graph) };
  } catch (error) {
    if (error instanceof LaplaceError || !(error instanceof Error)) throw error;
    throw new InvalidArgumentError({ argument: "bytes", expected: "an ONNX model", received: `${file.length} bytes that are none, or are damaged or cut off (${error.message})`, advice: "A file under Git LFS may be a pointer of a few lines in place of the model." });
  }
}

function readGraph(graph: readonly Uint8Array[]): Omit<OnnxModel, "opset"> {
  const nodes: OnnxNode[] = [];
  const tensors: NamedConstant[] = [];
  const inputs: OnnxInput[] = [];
  const outputs: string[] = [];
  const fields = {
    1: bytes((message) => nodes.push(readNode(message))),
    5: bytes((message) => tensors.push(readTensor(message))),
    11: bytes((message) => inputs.push(readInput(message))),
    12: bytes((message) => outputs.push(readInput(message).name)),
  };
  for (const part of graph) readMessage(part, fields);
  const initializers = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  // Before version 4 of the format, initialisers were listed as inputs, too.
  return { nodes, initializers, inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs };
}

function readNode(message: Uint8Array): OnnxNode {
  const [inputs, outputs]: string[][] = [[], []];
  const attributes = new Map<string, OnnxAttribute>();
  let [name, operator, domain] = ["", "", ""];
  readMessage(message, {
    1: text((value) => inputs.push(value)),
    2: text((value) => outputs.push(value)),
    3: text((value) => (name = value)),
    4: text((value) => (operator = value)),
    5: bytes((value) => attributes.set(...readAttribute(value))),
    7: text((value) => (domain = value)),
  });
  return { name, operator: isOwnDomain(domain) ? operator : `${domain}:${operator}`, inputs, outputs, attributes };
}

function readAttribute(message: Uint8Array): [name: string, attribute: OnnxAttribute] {
  const [numbers, whole]: number[][] = [[], []];
  let name = "";
  let [number, integer]: (number | undefined)[] = [];
  let content: string | undefined;
  let tensor: Constant | undefined;
  readMessage(message, {
    1: text((value) => (name = value)),
    2: floats((value) => (number = value)),
    3: integers((value) => (integer = value)),
    4: text((value) => (content = value)),
    5: bytes((value) => (tensor = readTensor(value))),
    7: floats((value) => numbers.push(value)),
    8: integers((value) => whole.push(value)),
  });
  return [name, { number, integer, text: content, tensor, numbers, integers: whole }];
}

/** A `ValueInfoProto`: a name, and within its type, within that of a tensor, within the shape, the sizes. */
function readInput(message: Uint8Array): OnnxInput {
  const sizes: (number | undefined)[] = [];
  let name = "";
  let known = false;
  const size = (dimension: Uint8Array): void => {
    let value: number | undefined;
    readMessage(dimension, { 1: integers((given) => (value = given)) });
    sizes.push(value !== undefined && value > 0 ? value : undefined);
  };
  const shape = bytes((value) => {
    known = true;
    readMessage(value, { 1: bytes(size) });
  });
  const tensor = bytes((value) => readMessage(value, { 2: shape }));
  readMessage(message, { 1: text((value) => (name = value)), 2: bytes((value) => readMessage(value, { 1: tensor })) });
  return { name, shape: known ? sizes : undefined };
}

function isOwnDomain(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}
