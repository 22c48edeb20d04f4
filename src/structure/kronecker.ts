import type { CurvatureKind, FactorCurvature } from "../curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError, describe, knownOptions } from "../errors.ts";
import { isChain, isLayered, type LayeredModel, type Model } from "../model/model.ts";
import { isShared } from "../model/shared-weights.ts";
import { remakeable } from "../recipe.ts";
import { kroneckerCurvature } from "./kronecker-curvature.ts";
import { kroneckerFactors } from "./kronecker-factors.ts";
import { rowsFor, temporaries, type Structure } from "./structure.ts";

/**
 * Options of {@link kronecker}.
 *
 * @category Structures
 */
export interface KroneckerOptions {
  /**
   * Adds curvature to each block in factored form (Martens & Grosse 2015, section 6.3), so that directions about which the data say little become certain:
   * $(B + \sqrt\lambda / \pi\, I) \otimes (A + \pi \sqrt\lambda\, I)$, with $\pi^2$ the ratio of the mean eigenvalues of $A$ and $B$. The damping is
   * $\lambda$ as a share of the mean eigenvalue of the block, and so free of units. Default 0: none.
   */
  readonly damping?: number;
}

/**
 * A Kronecker-factored curvature, also known as K-FAC (Martens & Grosse 2015; as a posterior, Ritter, Botev & Barber 2018). Of each layer with inputs $z$ and
 * deltas $\delta_r$ (one for each column of $S$), a block for its weights and a block for its biases are kept, in factors:
 * $$H_\text{weights} \approx B \otimes A, \quad H_\text{biases} = B, \qquad A = \tfrac1N \sum_n z_n z_n^\top, \quad B = \sum_n \sum_r \delta_{nr} \delta_{nr}^\top.$$
 * The block of the biases is exact; that of the weights takes inputs and deltas for independent. It is exact too with one example, and where all examples have the
 * same deltas, as in a linear regression. Correlations between layers, and between weights and biases, are left out. The sums add up over
 * batches: how the data are divided makes no difference.
 *
 * Where a layer shares its weights among P positions (a convolution among the places of its window, a dense layer among those of a sequence), those of different positions are taken for independent, too
 * (KFC of Grosse & Martens 2016; KFAC-expand of Eschenhagen et al. 2023, which curvlinops has, a backend of laplace-torch):
 * $$A = \tfrac1N \sum_n \sum_p z_{np} z_{np}^\top, \quad B = \tfrac1P \sum_n \sum_r \sum_p \delta_{nrp} \delta_{nrp}^\top, \qquad H_\text{biases} = \sum_n \sum_r \Big(\sum_p \delta_{nrp}\Big) \Big(\sum_p \delta_{nrp}\Big)^\top,$$
 * a block for the weights of each group; with one position it is what stands above. The block of the biases is exact. Layers that are no linear maps of their inputs, as free factors and shifts of {@link batchNormalization}, keep the block of all their parameters, and
 * each vector of an {@link embedding} its own, exactly.
 *
 * Each factor is diagonalised once. A prior of precision $\alpha$ joins in the eigenbasis, where $P$ has the entries $\ell_B \ell_A + \alpha$, so that another prior, noise
 * or temperature, and re-estimation with it, cost $O(W)$. Priors may be products of one number for each unit and one for each input, as {@link automaticRelevance} has them;
 * where they differ within a tensor, an eigendecomposition of that tensor's rescaled factors joins in.
 *
 * Factors of a dense layer with $I$ inputs and $U$ units take $8 (I^2 + U^2)$ bytes, curvature and precision together about $16 (I^2 + U^2) + 8 I U$. Time is $O(N (I^2 + K U^2))$ for
 * the sums and $O(I^3 + U^3)$ for the eigendecompositions. Variances of outputs come from activations and deltas in the eigenbasis, without a Jacobian, in $O(I^2 + K U^2 + K^2 U)$ a layer
 * and example.
 *
 * @category Structures
 * @throws {@link UnsupportedError} in {@link laplace}, for models without layers, the exact Hessian, and priors that are no such products.
 * @example
 * ```ts
 * import { categorical, kronecker, laplace, maximizeEvidence, mlp, perLayer, predict, train } from "laplace-ts";
 * const data = { inputs: [[0, 0.1], [0.2, 0], [1, 0.9], [0.8, 1]], targets: [0, 0, 1, 1] };
 * const { model, likelihood, prior } = await train(mlp([2, 8, 2], { seed: 1 }), categorical(), data, { prior: perLayer(0.1) });
 * const posterior = await laplace(model, likelihood, data, { structure: kronecker(), prior });
 * const tuned = maximizeEvidence(posterior);
 * console.log(tuned.logEvidence > posterior.logEvidence); // true
 * const { probabilities } = await predict(tuned, [[0, 0]]);
 * console.log(probabilities.get(0, 0) > 0.5);             // true
 * ```
 */
export function kronecker(options: KroneckerOptions = {}): Structure {
  knownOptions("options", options, ["damping"]);
  const damping = checkedDamping(options.damping ?? 0);
  const structure: Structure = {
    name: "kronecker",
    bytes: (model, kind) => {
      factored(kind);
      return withLayers(model).layers.reduce((sum, layer) => {
        const { inputs, outputs, groups = 1, biases } = layer;
        const ofBiases = isShared(layer) && biases !== undefined ? 16 * (groups * outputs) ** 2 : 0;
        return sum + groups * (16 * (inputs ** 2 + outputs ** 2) + 8 * outputs * (inputs + 1)) + ofBiases;
      }, 0);
    },
    // The deltas of one layer need no backpropagation.
    batchRows: (model) => (withLayers(model).layers.length === 1 && isChain(model) ? rowsFor(model.outputs, 512) : rowsFor(temporaries(model), 512)),
    curvature: (batch) => {
      const model = withLayers(batch.model);
      return kroneckerCurvature(model.layers, kroneckerFactors(model, factored(batch.kind), batch), damping);
    },
  };
  return remakeable(structure, "kronecker", () => ({ damping }));
}

function checkedDamping(damping: number): number {
  if (Number.isFinite(damping) && damping >= 0) return damping;
  throw new InvalidArgumentError({ argument: "damping", expected: "a finite number of at least 0, a share of the mean eigenvalue of each block", received: describe(damping) });
}

function factored(kind: CurvatureKind): FactorCurvature {
  if (kind.kind === "factor") return kind;
  throw new UnsupportedError("kronecker(): the exact Hessian has no Kronecker factors, which are sums of outer products. Use outerProduct() or empiricalFisher(), or blockDiagonal() for blocks of the exact Hessian.");
}

function withLayers(model: Model): LayeredModel {
  if (isLayered(model)) return model;
  throw new UnsupportedError("kronecker() needs a model with layers, as mlp(), network() and lastLayer() make: its factors are sums over their activations and deltas. Parts of networks, as subnetwork(), pruned() and prune() make them, show none. For these and other models use full(), blockDiagonal() or diagonal().");
}
