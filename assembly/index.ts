export { operands } from "./layout";
export { addProduct } from "./gemm";
export { solveTriangular } from "./triangular-solve";
export { factorize } from "./cholesky";
export { addTriangularGram, invertTriangular } from "./triangular-inverse";
