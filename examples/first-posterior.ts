/**
 * The first example of the README as a picture: `npx tsx examples/first-posterior.ts` writes docs/images/first-posterior.svg.
 */
import { writeFileSync } from "node:fs";
import { gaussian, isotropic, laplace, maximizeEvidence, mlp, predict, random, train } from "laplace-ts";
import { bands } from "./plots.ts";

const source = random(1);
const inputs = Array.from({ length: 40 }, (_, i) => (i < 20 ? -2 : 0.6) + 1.4 * source.uniform());
const targets = inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal());
const { model, likelihood, prior } = await train(mlp([1, 5, 1], { seed: 1 }), gaussian({ noise: 0.1 }), { inputs, targets }, { prior: isotropic(1) });
const tuned = maximizeEvidence(await laplace(model, likelihood, { inputs, targets }, { prior }));

const grid = Array.from({ length: 201 }, (_, i) => -3 + 0.03 * i);
const prediction = await predict(tuned, grid);

const labels = { x: "input x", y: "target t" };
const picture = bands({ inputs: grid, prediction, labels, data: { inputs, targets }, truth: (x) => Math.sin(2 * x), levels: [0.95], epistemicLevel: 0.95 });
writeFileSync(new URL("../docs/images/first-posterior.svg", import.meta.url), `${picture}\n`);
