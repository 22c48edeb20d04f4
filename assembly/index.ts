export { operands } from "./layout";
export { addProduct } from "./gemm";
export { solveTriangular } from "./triangular-solve";
export { factorize } from "./cholesky";
export { addTriangularGram, invertTriangular } from "./triangular-inverse";
export { accumulateReflections, tridiagonalize } from "./tridiagonal";
export { packStrips, rotateStrips } from "./rotations";
