import { slice, type Table } from "../data.ts";
import { UnsupportedError, madeBy } from "../errors.ts";
import { denseNetwork, isDense, type DenseNetwork } from "./dense-network.ts";
import { forwardPass, type DenseLayer } from "./dense-pass.ts";
import type { NetworkHead } from "./graph/head.ts";
import type { Network } from "./graph/network.ts";
import type { Model, ParameterTensor } from "./model.ts";
import { isPart, withValues, type PartOf } from "./part.ts";
import { remakeable } from "../recipe.ts";
import { inUnits, standardize, unitsOf } from "./standardized.ts";

/**
 * The last layer of a network as a model of its own: what {@link lastLayer} makes. Its single layer's inputs are the features, what the
 * last hidden layer gives; `inputs` counts those of the whole network.
 *
 * @category Models
 */
export interface LastLayer<M extends Model = DenseNetwork> extends DenseNetwork, PartOf<M> {}

/** Numbers that the frozen layers' values may take at a time. */
const CHUNK = 2 ** 20;

/**
 * The last layer of a network as a model of its own,
 * $$f(x) = h(W_L\, \phi(x) + b_L),$$
 * with the features $\phi(x)$, what the last hidden layer gives, frozen. Only $W_L$ and $b_L$ are parameters (Snoek et al. 2015;
 * Kristiadi, Hein & Hennig 2020: being Bayesian about the last layer alone is enough to keep a ReLU network from arbitrary confidence far from the
 * data). The earlier layers are passed forwards, a bounded number of examples at a time, and never differentiated.
 *
 * Where the outputs are not bent by an activation, $f$ is linear in the parameters: the outer product is then the exact Hessian, and linearised predictions
 * are those of the Gaussian itself. For training this layer alone, take features once: they are `evaluate(inputs).activations[0]`.
 *
 * **From features alone**, when the network itself was trained elsewhere and stays there, no `lastLayer()` is needed:
 * `mlp([features, outputs], { parameters })` is the layer, with its weights (outputs x features, row by row) and then its biases, and the inputs
 * are the features. With {@link diagonal}, memory grows with features x outputs and with outputs squared, a few examples at a time, so that a thousand classes are no obstacle.
 *
 * @category Models
 * @param network - What {@link mlp} makes, or a {@link Network} where a dense layer gives the outputs, or the model of what {@link fit} and {@link train} return.
 * @throws {@link UnsupportedError} for models whose outputs no dense layer gives.
 * @example
 * The whole network is trained, then its last layer becomes Bayesian:
 * ```ts
 * import { gaussian, lastLayer, laplace, mlp, predict, train } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 5, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const last = lastLayer(model);
 * const posterior = await laplace(last, likelihood, data, { prior });
 * const { variance } = await predict(posterior, [0, 5]);
 * console.log(model.parameters.length, last.parameters.length); // 16 6
 * console.log(variance.get(1, 0) > variance.get(0, 0));         // true
 * const drawn = last.withParameters(Float64Array.from(posterior.sample(1).getRow(0))).whole;
 * console.log(drawn.parameters.length);                         // 16
 * ```
 * @example
 * Features that another program computed, with the last layer's weights and biases:
 * ```ts
 * import { categorical, diagonal, laplace, mlp, predict } from "laplace-ts";
 * const features = [[0.9, 0], [1.1, 0.2], [0, 1], [0.1, 0.8]];      // N x 2
 * const [weights, biases] = [[[2, -2], [-2, 2], [0, 0]], [0, 0, -1]]; // 3 classes
 * const head = mlp([2, 3], { parameters: [...weights.flat(), ...biases] });
 * const posterior = await laplace(head, categorical(), { inputs: features, targets: [0, 0, 1, 1] }, { structure: diagonal() });
 * const { probabilities } = await predict(posterior, [[1, 0]]);
 * console.log(probabilities.rows, probabilities.columns); // 1 3
 * ```
 */
export function lastLayer<M extends Model & (Pick<DenseNetwork, "inputs" | "layers"> | Pick<Network, "inputs" | "head">)>(network: M): LastLayer<M> {
  const head = headOf(madeBy("mlp(), network() or fit()", "network", network, "evaluate"));
  if (head === undefined) {
    throw new UnsupportedError(
      isPart(network)
        ? "lastLayer() takes a network, and this is a selection of its weights. Use lastLayer(part.whole)."
        : 'lastLayer() needs a network of dense layers, as mlp() makes, or one of network() whose outputs a dense layer gives, and this model shows none. For features that another program computes, mlp([features, outputs]) is the layer; of any other model, subnetwork(model, byName("...")) frees the named weights alone.',
    );
  }
  // A network whose earlier layers are frozen already.
  if (isPart(network)) return network as M & LastLayer<M>;

  const { layer } = head;
  const start = layer.weights.offset;
  const indices = Int32Array.from({ length: network.parameters.length - start }, (_, i) => start + i);
  const units = unitsOf(network);
  const features = (inputs: Table): Table => head.features(units === undefined ? inputs : standardize(inputs, units.inputs));
  const create = (alone: DenseNetwork): LastLayer<M> => {
    const layerAlone: LastLayer<M> = {
      ...alone,
      inputs: network.inputs,
      indices,
      // Put together when asked for: training makes many heads.
      get whole() {
        return withValues<M>(network, indices, alone.parameters);
      },
      withParameters: (parameters) => create(alone.withParameters(parameters)),
      evaluate: (inputs) => {
        const evaluation = alone.evaluate(features(inputs));
        return units === undefined ? evaluation : inUnits(evaluation, units.outputs);
      },
    };
    return remakeable(layerAlone, "lastLayer", () => ({ network, parameters: alone.parameters }));
  };
  return create(denseNetwork([fromZero(layer)], network.parameters.slice(start)));
}

/** The dense layer that gives the outputs, and what comes before it, in the network's own units; undefined if there is none. */
function headOf(network: Model): NetworkHead | undefined {
  if ("head" in network) return (network as Network).head;
  return isDense(network) ? { layer: network.layers[network.layers.length - 1], features: frozenLayers(network) } : undefined;
}

/** All layers but the last, as a function from inputs to features. */
function frozenLayers(network: DenseNetwork): (inputs: Table) => Table {
  const { parameters } = network;
  const layers = network.layers.slice(0, -1);
  if (layers.length === 0) return (inputs) => inputs;

  const columns = layers[layers.length - 1].outputs;
  const step = Math.max(1, Math.floor(CHUNK / layers.reduce((sum, { outputs }) => sum + outputs, network.inputs)));
  return (inputs) => {
    const data = new Float64Array(inputs.rows * columns);
    for (let from = 0; from < inputs.rows; from += step) {
      const part = slice(inputs, from, Math.min(inputs.rows, from + step));
      data.set(forwardPass(layers, parameters, part).activations[layers.length], from * columns);
    }
    return { data, rows: inputs.rows, columns };
  };
}

/** The layer as the first and only one: its tensors keep their names, and their offsets count from 0. */
function fromZero(layer: DenseLayer): DenseLayer {
  const moved = (tensor: ParameterTensor): ParameterTensor => ({ ...tensor, layer: 0, offset: tensor.offset - layer.weights.offset });
  return { ...layer, weights: moved(layer.weights), biases: layer.biases && moved(layer.biases) };
}
