/**
 * What {@link fromTensorFlow} uses of a tensor of TensorFlow.js, whichever of its packages made it.
 *
 * @category Models
 */
export interface TensorFlowTensor {
  /** Sizes of its axes. */
  readonly shape: readonly number[];
  /** Its numbers, from wherever they are. */
  data(): Promise<ArrayLike<number | string>>;
  /** The same with its shape; another of its kind makes a tensor of other numbers. */
  buffer(): Promise<object>;
  /** Gives its memory back. */
  dispose(): void;
}

/**
 * What {@link fromTensorFlow} uses of a layer of TensorFlow.js.
 *
 * @category Models
 */
export interface TensorFlowLayer {
  /** `"dense_Dense1"`. */
  readonly name: string;
  /** With null for the size of the batch. */
  readonly outputShape: unknown;
  /** `"Dense"`. */
  getClassName(): string;
  /** Its options. */
  getConfig(): object;
  /** Its weights, constants of normalisation among them. */
  getWeights(): readonly TensorFlowTensor[];
}

/**
 * What {@link fromTensorFlow} uses of a model: a `LayersModel` or `Sequential` of `@tensorflow/tfjs`, of tfjs-layers or of tfjs-node.
 *
 * @category Models
 */
export interface TensorFlowModel {
  /** `"sequential_1"`. */
  readonly name: string;
  /** In an order in which each comes after what it takes. */
  readonly layers: readonly TensorFlowLayer[];
  /** Undefined until the model is built. */
  readonly inputs: readonly TensorFlowInput[];
  /** How its layers hang together. */
  getConfig(): object;
  /** Its outputs at inputs, one tensor or a list of them. */
  predict(inputs: never): TensorFlowTensor | readonly TensorFlowTensor[];
}

/**
 * One of the inputs of a {@link TensorFlowModel}.
 *
 * @category Models
 */
export interface TensorFlowInput {
  /** With null for the size of the batch. */
  readonly shape: readonly (number | null)[];
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
