/**
 * All that the package exports, as one module for the reference: names from `laplace-ts/native` and `laplace-ts/plots` say so.
 *
 * @module laplace-ts
 * @category Reference
 */

export * from "../../src/index.ts";
export * from "../../src/native.ts";
export * from "../../src/onnx.ts";
export * from "../../src/plots.ts";
