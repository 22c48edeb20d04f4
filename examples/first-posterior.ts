/**
 * The first plot of the README: `npx tsx examples/first-posterior.ts` writes docs/images/first-posterior.svg.
 */
import { fit, gaussian, mlp, random } from "laplace-ts";
import { bands } from "laplace-ts/plots";
import { writePicture } from "./picture-file.ts";

const source = random(1);
const draw = (_: unknown, i: number): number => (i < 20 ? -2 : 0.6) + 1.4 * source.uniform();
const inputs = Array.from({ length: 40 }, draw);
const truth = (x: number): number => Math.sin(2 * x);
const targets = inputs.map((x) => truth(x) + 0.1 * source.normal());
const data = { inputs, targets };

const fitted = await fit(mlp([1, 5, 1], { seed: 1 }), gaussian(), data);

const grid = Array.from({ length: 201 }, (_, i) => -3 + 0.03 * i);
const prediction = await fitted.predict(grid);
const labels = { x: "input x", y: "target t" };
writePicture(new URL("../docs/images/first-posterior.svg", import.meta.url), bands({ inputs: grid, prediction, labels, data, truth }));
