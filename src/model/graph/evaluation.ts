import type { Table } from "../../data.ts";
import type { LayeredEvaluation, OutputDerivatives } from "../model.ts";
import { numbersOf, type Graph } from "./graph.ts";
import { activationsOf, deltasOf, type GraphLayer } from "./graph-layers.ts";
import { addVectorJacobianProduct, changesAlong, forwardPass, type GraphPass } from "./passes.ts";
import { addHessianVectorProduct, hessianColumns } from "./second-derivatives.ts";
import { sizeOf } from "./shape.ts";

/** Numbers that the values of all operations may take at a time: 32 MB. */
const CHUNK = 2 ** 22;

/** A graph at a batch of a bounded number of examples, from example `from` on. */
interface Part {
  readonly pass: GraphPass;
  readonly from: number;
}

/**
 * The graph at a batch. What the operations leave behind for derivatives is kept if it is small; else outputs are kept, and
 * the examples are passed again, some at a time, for each derivative. Activations and deltas of layers are those of all examples at once: who asks for them takes a number that memory can bear.
 */
export function evaluateGraph(graph: Graph, layers: readonly GraphLayer[], parameters: Float64Array, inputs: Table): LayeredEvaluation {
  const count = sizeOf(graph.shapes[graph.shapes.length - 1]);
  const width = parameters.length;
  const step = Math.max(1, Math.floor(CHUNK / numbersOf(graph)));
  const partFrom = (from: number, most = step): Part => {
    const rows = Math.min(most, inputs.rows - from);
    return { pass: forwardPass(graph, parameters, inputs.data.subarray(from * inputs.columns, (from + rows) * inputs.columns), rows), from };
  };
  const whole = inputs.rows <= step ? partFrom(0) : undefined;
  function* parts(): Generator<Part> {
    if (whole !== undefined) yield whole;
    else for (let from = 0; from < inputs.rows; from += step) yield partFrom(from);
  }
  /** N x K numbers from those of each part. */
  const byExample = (of: (pass: GraphPass) => Float64Array | undefined): Float64Array => {
    const values = new Float64Array(inputs.rows * count);
    for (const { pass, from } of parts()) {
      const part = of(pass);
      if (part !== undefined) values.set(part, from * count);
    }
    return values;
  };
  function* losses(loss: OutputDerivatives): Generator<{ readonly pass: GraphPass; readonly loss: OutputDerivatives }> {
    for (const { pass, from } of parts()) {
      const [start, end] = [from * count, (from + pass.rows) * count];
      yield { pass, loss: { gradient: loss.gradient.subarray(start, end), hessian: loss.hessian.subarray(start * count, end * count) } };
    }
  }
  const scaledJacobian = (factor: Float64Array, columns: number): Float64Array => {
    const result = new Float64Array(inputs.rows * columns * width);
    for (const { pass, from } of parts()) {
      const cotangents = new Float64Array(pass.rows * count);
      for (let r = 0; r < columns; r++) {
        for (let i = 0; i < cotangents.length; i++) cotangents[i] = factor[(from * count + i) * columns + r];
        addVectorJacobianProduct(pass, cotangents, result, (from * columns + r) * width, columns * width);
      }
    }
    return result;
  };
  let [unbroken, activations]: [GraphPass | undefined, readonly Float64Array[] | undefined] = [whole?.pass, undefined];
  const passOfAll = (): GraphPass => (unbroken ??= partFrom(0, inputs.rows).pass);
  return {
    get activations() {
      return (activations ??= activationsOf(passOfAll(), layers));
    },
    backpropagate: (cotangents) => deltasOf(passOfAll(), layers, cotangents),
    outputs: whole?.pass.outputs ?? byExample(({ outputs }) => outputs),
    scaledJacobian,
    jacobian: () => {
      const identity = new Float64Array(inputs.rows * count * count);
      for (let i = 0; i < inputs.rows * count; i++) identity[i * count + (i % count)] = 1;
      return scaledJacobian(identity, count);
    },
    jacobianVectorProduct: (direction) => byExample((pass) => changesAlong(pass, direction)[graph.steps.length]),
    vectorJacobianProduct: (cotangents) => {
      const gradient = new Float64Array(width);
      for (const { pass, from } of parts()) addVectorJacobianProduct(pass, cotangents.subarray(from * count, (from + pass.rows) * count), gradient, 0, 0);
      return gradient;
    },
    hessianVectorProduct: (loss, direction) => {
      const product = new Float64Array(width);
      for (const one of losses(loss)) addHessianVectorProduct(one.pass, one.loss, direction, product);
      return product;
    },
    hessian: (loss) => {
      const hessian = new Float64Array(width * width);
      hessianColumns(losses(loss), width, (i, column) => {
        for (let j = 0; j < width; j++) hessian[i * width + j] += column[j];
      });
      // Symmetric to the last digit.
      for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) hessian[i * width + j] = hessian[j * width + i] = 0.5 * (hessian[i * width + j] + hessian[j * width + i]);
      return hessian;
    },
    hessianDiagonal: (loss) => {
      const diagonal = new Float64Array(width);
      hessianColumns(losses(loss), width, (i, column) => (diagonal[i] += column[i]));
      return diagonal;
    },
  };
}
