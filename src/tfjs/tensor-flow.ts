/** What is used of a tensor of TensorFlow.js, whichever of its packages made it. */
export interface TensorFlowTensor {
  readonly shape: readonly number[];
  data(): Promise<ArrayLike<number | string>>;
  buffer(): Promise<object>;
  dispose(): void;
}

/** What is used of a layer of TensorFlow.js. */
export interface TensorFlowLayer {
  readonly name: string;
  /** Null for the size of the batch. */
  readonly outputShape: unknown;
  getClassName(): string;
  getConfig(): object;
  getWeights(): readonly TensorFlowTensor[];
}

/**
 * What {@link fromTensorFlow} uses of a model: a `LayersModel` or `Sequential` of `@tensorflow/tfjs`, of tfjs-layers or of tfjs-node.
 *
 * @category Models
 */
export interface TensorFlowModel {
  readonly name: string;
  /** In an order in which each comes after what it takes. */
  readonly layers: readonly TensorFlowLayer[];
  /** Undefined until the model is built. */
  readonly inputs: readonly { readonly shape: readonly (number | null)[] }[];
  getConfig(): object;
  predict(inputs: never): TensorFlowTensor | readonly TensorFlowTensor[];
}

/** Numbers of a tensor. */
export interface Weights {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** A model within a model. */
export function isModel(layer: TensorFlowLayer): layer is TensorFlowLayer & TensorFlowModel {
  return "layers" in layer && Array.isArray(layer.layers);
}

/** All layers that are no models themselves. */
function leavesOf(model: TensorFlowModel): readonly TensorFlowLayer[] {
  return model.layers.flatMap((layer) => (isModel(layer) ? leavesOf(layer) : [layer]));
}

/** The weights of each layer, read from wherever TensorFlow.js has them. */
export async function weightsOf(model: TensorFlowModel): Promise<ReadonlyMap<TensorFlowLayer, readonly Weights[]>> {
  const read = async (layer: TensorFlowLayer) => [layer, await Promise.all(layer.getWeights().map(weightsOfTensor))] as const;
  return new Map(await Promise.all(leavesOf(model).map(read)));
}

async function weightsOfTensor(tensor: TensorFlowTensor): Promise<Weights> {
  return { shape: tensor.shape.slice(), values: await numbersOf(tensor) };
}

/** The numbers of a tensor. */
export async function numbersOf(tensor: TensorFlowTensor): Promise<Float64Array> {
  return Float64Array.from((await tensor.data()) as ArrayLike<number>);
}
