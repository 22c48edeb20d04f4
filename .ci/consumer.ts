// A first use of the installed package: fit, look at the evidence, predict with error bars.
import { diagonal, UnsupportedError, full, gaussian, isotropic, laplace, maximizeEvidence, mlp, outerProduct, predict, train } from "laplace-ts";
import { useNativeKernels } from "laplace-ts/native";

const inputs = Array.from({ length: 30 }, (_, row) => [row / 10 - 1.5]);
const data = { inputs, targets: inputs.map(([x]) => [Math.sin(2 * x)]) };
const { model, likelihood, prior } = await train(mlp([1, 5, 1], { activation: "tanh", seed: 1 }), gaussian({ noise: 0.1 }), data, { prior: isotropic(1) });
const posterior = await laplace(model, likelihood, data, { curvature: outerProduct(), structure: full(), prior });
const { mean, variance } = await predict(maximizeEvidence(posterior), [[0.5], [5]]);
const [near, far] = [variance.get(0, 0), variance.get(1, 0)];
console.log(`at 0.5: ${mean.get(0, 0)} with variance ${near}; at 5, far from the data: variance ${far}`);
const [alone, shared] = await Promise.all([0, 2].map((workers) => laplace(model, likelihood, data, { structure: diagonal(), prior, workers })));
if (shared.logEvidence !== alone.logEvidence) throw new Error("two worker threads should give the evidence of one");
if (!(near > 0 && far > near)) throw new Error("the variance should be positive, and larger far from the data");

// The second entry: koffi is not installed here.
const missing: unknown = await useNativeKernels().catch((error: unknown) => error);
if (!(missing instanceof UnsupportedError)) throw new Error("without koffi, native kernels should be refused");
console.log(missing.message);
