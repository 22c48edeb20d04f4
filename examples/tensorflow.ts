/**
 * Error bars for a network of TensorFlow.js: `npm run example:tensorflow`.
 *
 * TensorFlow.js trains a network on the fuel economy of cars, as one would without any thought of error bars. Its weights then get a posterior, whose prior and noise follow from
 * the evidence; the cars held out say whether the error bars are right.
 */
import * as tf from "@tensorflow/tfjs";
import { coverage, evidence, gaussian, isotropic, laplace, maximizeEvidence, meanLogDensity, predict, rootMeanSquareError } from "laplace-ts";
import { fromTensorFlow } from "laplace-ts/tfjs";
import { loadCars, split, type Cars } from "./cars-data.ts";

const TRAINING_CARS = 196;
const EPOCHS = 300;

/** Mean and standard deviation of each column. */
type Units = readonly (readonly [mean: number, deviation: number])[];

async function main(): Promise<void> {
  await tf.setBackend("cpu");
  const { training, heldOut } = split((await loadCars()).cars, TRAINING_CARS, 1);
  const [inputUnits, targetUnits] = [unitsOf(training.inputs), unitsOf(training.targets.map((target) => [target]))];
  const [data, others] = [training, heldOut].map((cars) => standardized(cars, inputUnits, targetUnits));

  const model = await trained(data);
  const { model: network, difference } = await fromTensorFlow(model, { check: data.inputs });
  console.log(network.summary());
  console.log(`\nlargest difference from TensorFlow.js: ${difference.toExponential(0)} of the largest output\n`);

  const posterior = maximizeEvidence(await laplace(network, gaussian({ noise: 0.5 }), data, { prior: isotropic(1) }));
  const prediction = await predict(posterior, others.inputs);

  const milesPerGallon = targetUnits[0][1];
  console.log(`effective parameters   ${posterior.effectiveParameters.toFixed(1)} of ${network.parameters.length}`);
  console.log(`log evidence           ${evidence(posterior).total.toFixed(1)}`);
  console.log(`noise                  ${(posterior.likelihood.noise * milesPerGallon).toFixed(2)} miles per gallon\n`);
  console.log(`${others.targets.length} cars held out`);
  console.log(`error                  ${(rootMeanSquareError(prediction, others.targets) * milesPerGallon).toFixed(2)} miles per gallon`);
  console.log(`log density of a car   ${(meanLogDensity(prediction, others.targets) - Math.log(milesPerGallon)).toFixed(3)}`);
  for (const level of [0.5, 0.9, 0.95]) console.log(`within ${(100 * level).toFixed(0)} %            ${(100 * coverage(prediction, others.targets, level)).toFixed(1)} %`);
}

/** A network as TensorFlow.js trains it, on all cars at a time so that it comes out the same again. */
async function trained({ inputs, targets }: Cars): Promise<tf.Sequential> {
  const layer = (units: number, seed: number) => ({ units, kernelInitializer: tf.initializers.glorotNormal({ seed }), kernelRegularizer: tf.regularizers.l2({ l2: 1e-3 }) });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ ...layer(12, 1), inputShape: [inputs[0].length], activation: "tanh" }),
      tf.layers.dense({ ...layer(6, 2), activation: "tanh" }),
      tf.layers.dense(layer(1, 3)),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
  const [x, y] = [tf.tensor2d(inputs.flat(), [inputs.length, inputs[0].length]), tf.tensor2d([...targets], [targets.length, 1])];
  await model.fit(x, y, { epochs: EPOCHS, batchSize: inputs.length, shuffle: false });
  return model;
}

function unitsOf(rows: readonly (readonly number[])[]): Units {
  return rows[0].map((_, column) => {
    const mean = rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
    return [mean, Math.sqrt(rows.reduce((sum, row) => sum + (row[column] - mean) ** 2, 0) / rows.length)] as const;
  });
}

function standardized({ inputs, targets }: Cars, inputUnits: Units, [[mean, deviation]]: Units): Cars {
  return { inputs: inputs.map((row) => row.map((value, column) => (value - inputUnits[column][0]) / inputUnits[column][1])), targets: targets.map((target) => (target - mean) / deviation) };
}

await main();
