// As docs/performance.md has it: the package finds the script of its threads beside itself, so it stays where it is.
export default { optimizeDeps: { exclude: ["laplace-ts"], include: ["laplace-ts > jstat", "laplace-ts > ml-matrix"] } };
