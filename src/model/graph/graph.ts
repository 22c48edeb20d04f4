import { InvalidArgumentError } from "../../errors.ts";
import type { ParameterTensor } from "../model.ts";
import { entryNode, type NetworkEntry } from "./entries.ts";
import type { Layer, NetworkNode, Operation } from "./layer.ts";
import { sizeOf, type Shape } from "./shape.ts";

/** One operation of a graph. */
export interface Step {
  /** Of the layer that it is, or is part of. */
  readonly name: string;
  readonly kind: string;
  readonly operation: Operation;
  /** Which values it takes: 0 is the input of the graph, i + 1 the output of step i. */
  readonly inputs: readonly number[];
  /** Where its parameters begin, and how many there are. */
  readonly offset: number;
  readonly count: number;
}

/** Operations in an order in which each comes after its inputs; the last one gives the outputs. */
export interface Graph {
  readonly steps: readonly Step[];
  readonly tensors: readonly ParameterTensor[];
  /** Of each value, for one example. */
  readonly shapes: readonly Shape[];
  /** Of each value, whether it depends on parameters. */
  readonly moves: readonly boolean[];
}

/** The graph of a list of layers, with all shapes known. */
export function buildGraph(inputShape: Shape, entries: readonly NetworkEntry[]): Graph {
  const steps: Step[] = [];
  const tensors: ParameterTensor[] = [];
  const shapes: Shape[] = [inputShape];
  const moves = [false];
  let [offset, layers] = [0, 0];

  const addStep = (name: string, kind: string, operation: Operation, inputs: readonly number[]): number => {
    if (operation.discrete === true && inputs.some((value) => moves[value])) throw new InvalidArgumentError({ argument: name, expected: "inputs that do not come from layers with parameters, since there is no derivative along them", received: "outputs of such layers", advice: "Let it take the input of the network." });
    const start = offset;
    for (const { role, rows, columns } of operation.tensors) {
      tensors.push({ name: `${name}.${role}`, layer: layers, role, offset, rows, columns });
      offset += rows * columns;
    }
    if (offset > start) layers++;
    steps.push({ name, kind, operation, inputs, offset: start, count: offset - start });
    shapes.push(operation.shape);
    moves.push(offset > start || inputs.some((value) => moves[value]));
    return steps.length;
  };
  const addLayer = (name: string, layer: Layer, inputs: readonly number[]): number => {
    const connected = layer.connect(name, inputs.map((value) => shapes[value]));
    const value = "shape" in connected ? addStep(name, layer.kind, connected, inputs) : addNodes(connected, name, inputs);
    return layer.activation === undefined ? value : addLayer(`${name}.activation`, layer.activation, [value]);
  };
  const addNodes = (nodes: readonly NetworkNode[], within: string, inputs: readonly number[]): number => {
    const values = new Map(inputs.map((value, i) => [i === 0 ? "input" : `input${i + 1}`, value]));
    const names = namesOf(nodes);
    return nodes.reduce((before, node, i) => {
      const from = node.inputs?.map((name) => valueOf(name, values, names, i)) ?? [before];
      const name = [within, names[i]].filter((part) => part !== "").join(".");
      const value = addLayer(name, node.layer, from);
      values.set(names[i], value);
      return value;
    }, inputs[0]);
  };
  addNodes(entries.map(entryNode), "", [0]);
  checkNames(steps);
  checkUse(steps);
  return { steps, tensors, shapes, moves };
}

/** The names that nodes have, or get: their kind and a number that is free. */
function namesOf(nodes: readonly NetworkNode[]): readonly string[] {
  const taken = new Set(["input"]);
  for (const { name } of nodes) {
    if (name === undefined) continue;
    if (taken.has(name)) throw new InvalidArgumentError({ argument: "layers", expected: 'a name of its own for each layer, none of them "input"', received: `${JSON.stringify(name)} twice` });
    taken.add(name);
  }
  return nodes.map(({ name, layer }) => {
    if (name !== undefined) return name;
    const kind = layer.kind.replace(/\dd$/, "");
    let number = 1;
    while (taken.has(`${kind}${number}`)) number++;
    taken.add(`${kind}${number}`);
    return `${kind}${number}`;
  });
}

function valueOf(name: string, values: ReadonlyMap<string, number>, names: readonly string[], index: number): number {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw new InvalidArgumentError({ argument: `${names[index]}: inputs`, expected: `any of ${Array.from(values.keys(), (known) => JSON.stringify(known)).join(", ")}`, received: JSON.stringify(name), advice: names.includes(name) ? "Layers take what comes before them in the list." : undefined });
}

/** Names with dots may be those of parts of other layers. */
function checkNames(steps: readonly Step[]): void {
  const twice = steps.find(({ name }, i) => steps.slice(0, i).some((other) => other.name === name));
  if (twice !== undefined) throw new InvalidArgumentError({ argument: "layers", expected: "a name of its own for each layer and each part of one", received: `${JSON.stringify(twice.name)} twice` });
}

/** Throws where an output leads nowhere: its parameters would have no meaning. */
function checkUse(steps: readonly Step[]): void {
  const used = new Set([steps.length]);
  for (let i = steps.length; i > 0; i--) if (used.has(i)) for (const value of steps[i - 1].inputs) used.add(value);
  const loose = steps.find((_, i) => !used.has(i + 1));
  if (loose !== undefined) throw new InvalidArgumentError({ argument: loose.name, expected: "that its outputs lead to those of the last layer", received: "outputs that nothing takes", advice: "Name it in the inputs of another layer, or leave it out." });
  if (!used.has(0)) throw new InvalidArgumentError({ argument: "layers", expected: 'that the outputs depend on "input"', received: "layers that do not take it" });
}

/** The variance gain of the initial weights of a step: that of the activation which alone takes its outputs, perhaps in another shape; else 1. */
export function gainOf(steps: readonly Step[], index: number): number {
  const takers = steps.flatMap(({ inputs, operation }, s) => (inputs.includes(index + 1) ? [{ operation, s }] : []));
  if (takers.length !== 1) return 1;
  const [{ operation, s }] = takers;
  return operation.inert === true ? gainOf(steps, s) : (operation.gain ?? 1);
}

/** Numbers that the values of one example take. */
export function numbersOf({ shapes }: Graph): number {
  return shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
}
