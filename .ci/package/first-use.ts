// A first use of the installed package, wherever it runs: fit, look at the evidence, predict with error bars, share the work with threads.
import { diagonal, full, gaussian, isotropic, laplace, maximizeEvidence, mlp, outerProduct, predict, stopWorkers, train } from "laplace-ts";

const inputs = Array.from({ length: 30 }, (_, row) => [row / 10 - 1.5]);
const data = { inputs, targets: inputs.map(([x]) => [Math.sin(2 * x)]) };
const { model, likelihood, prior } = await train(mlp([1, 5, 1], { activation: "tanh", seed: 1 }), gaussian({ noise: 0.1 }), data, { prior: isotropic(1) });
const posterior = await laplace(model, likelihood, data, { curvature: outerProduct(), structure: full(), prior });
const { mean, variance } = await predict(maximizeEvidence(posterior), [[0.5], [5]]);
const [near, far] = [variance.get(0, 0), variance.get(1, 0)];
console.log(`at 0.5: ${mean.get(0, 0)} with variance ${near}; at 5, far from the data: variance ${far}`);
if (!(near > 0 && far > near)) throw new Error("the variance should be positive, and larger far from the data");

const [alone, shared] = await Promise.all([0, 2].map((workers) => laplace(model, likelihood, data, { structure: diagonal(), prior, workers })));
if (shared.logEvidence !== alone.logEvidence) throw new Error("two worker threads should give the evidence of one");
stopWorkers();
