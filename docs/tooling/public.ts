/**
 * All that the package exports, as one module for the reference: names from `laplace-ts/jax`, `laplace-ts/native`, `laplace-ts/onnx`, `laplace-ts/plots` and `laplace-ts/tfjs` say so.
 *
 * @module laplace-ts
 * @category Reference
 *
 * @categoryDescription Fitting
 * From a table to predictions with error bars in one call, by one network, several starts or a family of sizes.
 *
 * @categoryDescription Training
 * Finding the mode: the weights at which the Gaussian is centred.
 *
 * @categoryDescription Models
 * Functions of weights and inputs: networks made here, networks from elsewhere, parts of these, or any function.
 *
 * @categoryDescription Likelihoods
 * How targets scatter around outputs: noise, classes, counts, preferences.
 *
 * @categoryDescription Priors
 * How large weights are before any data: one precision for all, or for groups of them.
 *
 * @categoryDescription Curvature
 * Which matrix stands for the second derivative of the loss.
 *
 * @categoryDescription Structures
 * How much of that matrix is kept: all, blocks, Kronecker factors, the leading eigenvectors, the diagonal.
 *
 * @categoryDescription Posterior
 * The Gaussian over weights: its precision, covariance and samples, and what it says of each weight.
 *
 * @categoryDescription Predictions
 * From a posterior to means, variances, probabilities, intervals and draws.
 *
 * @categoryDescription Calibration
 * Whether predictions keep what they promise.
 *
 * @categoryDescription Plots
 * Pictures as SVG, for light and dark pages, from `laplace-ts/plots`.
 *
 * @categoryDescription Evidence
 * How probable a model is given the data: comparing models and choosing their hyperparameters.
 *
 * @categoryDescription Spectrum
 * Curvature of networks of any size, from its products with vectors.
 *
 * @categoryDescription Pruning
 * Removing weights by what the curvature says it costs.
 *
 * @categoryDescription Quantisation
 * Rounding weights to few bits, where it costs least.
 *
 * @categoryDescription Data
 * What goes in: arrays, matrices, streams.
 *
 * @categoryDescription Random numbers
 * From a seed.
 *
 * @categoryDescription Kernels
 * What multiplies and factors matrices: TypeScript, WebAssembly or a library of the system.
 *
 * @categoryDescription Errors
 * What wrong input gets; each names the argument and what to do.
 */

export * from "../../src/index.ts";
export * from "../../src/jax.ts";
export * from "../../src/native.ts";
export * from "../../src/onnx.ts";
export * from "../../src/plots.ts";
export * from "../../src/tfjs.ts";
