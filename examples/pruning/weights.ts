/** The error bars on the weights of a network for the first MONK's problem, before and after pruning. */
import { bernoulli, isotropic, laplace, mlp, prune, weightReport, type WeightReport } from "laplace-ts";
import { weightMap } from "laplace-ts/plots";
import { MONKS, drawRobots } from "./monks.ts";

/** Reports on all weights, and on those of the network that the evidence chooses. */
export async function weightReports(): Promise<{ readonly whole: WeightReport; readonly chosen: WeightReport }> {
  const [monk] = MONKS;
  const { inputs, targets } = drawRobots(monk, 1);
  const prior = isotropic(0.1);
  const { steps, posterior } = await prune(mlp([17, monk.hiddenUnits, 1], { seed: 1 }), bernoulli(), { inputs, targets }, { prior, remove: { count: 1 } });
  const whole = await laplace(steps[0].model, bernoulli(), { inputs, targets }, { prior });
  return { whole: weightReport(whole), chosen: weightReport(posterior) };
}

/** Both as text. */
export function weightsText({ whole, chosen }: Awaited<ReturnType<typeof weightReports>>): string {
  return ["All weights:", whole, "Those that are left:", chosen].map((part) => (typeof part === "string" ? part : `\`\`\`text\n${part.summary()}\n\`\`\``)).join("\n\n");
}

/** A map of those that are left. */
export function weightsPicture({ chosen }: Awaited<ReturnType<typeof weightReports>>): string {
  return weightMap(chosen);
}
