import { columns, significant } from "../report.ts";
import type { Quantized } from "./quantize.ts";

/** A table of the layers, and what there is to say of the whole. */
export function quantizationSummary({ layers, meanBits, bytes, bytesBefore, predictedIncrease, predictedBySlope, measuredIncrease, errorBars }: Omit<Quantized, "summary">): string {
  const table = columns([
    ["", "weights", "bits", "groups", "bytes", "expected increase"],
    ...layers.map(({ name, rows, columns: inputs, bits, groupStarts, size, predictedIncrease: own }) => [name, `${rows * inputs}`, `${bits}`, `${groupStarts.length}`, `${Math.ceil(size / 8)}`, significant(own)]),
  ]);
  const lines = [
    ["bits of a weight", significant(meanBits)],
    ["bytes", `${bytes} of ${bytesBefore}`],
    ["data error, expected increase", `${significant(predictedIncrease)} by curvature, ${significant(predictedBySlope)} by slope`],
    ["data error, measured increase", significant(measuredIncrease)],
  ];
  if (errorBars !== undefined) {
    const { squaredDistance, degreesOfFreedom, probability, weightsWithin, outputs } = errorBars;
    lines.push(
      ["squared distance from the mode", `${significant(squaredDistance)}, ${degreesOfFreedom} on average for the posterior`],
      ["posterior nearer to the mode", percent(probability)],
      ["weights within a standard deviation", percent(weightsWithin)],
      ["outputs within a standard deviation", `${percent(outputs.within)}, changes ${significant(outputs.ratio)} of it`],
    );
  }
  return `${table}\n${columns(lines, [0, 1])}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
