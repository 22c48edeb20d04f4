/**
 * All that the package exports, as one module for the reference: names from `laplace-ts/jax`, `laplace-ts/native`, `laplace-ts/onnx`, `laplace-ts/plots` and `laplace-ts/tfjs` say so.
 *
 * @module laplace-ts
 * @category Reference
 */

export * from "../../src/index.ts";
export * from "../../src/jax.ts";
export * from "../../src/native.ts";
export * from "../../src/onnx.ts";
export * from "../../src/plots.ts";
export * from "../../src/tfjs.ts";
