import { readFileSync } from "node:fs";
import { checkAgreement } from "./agreement.ts";
import { writeNumbers, type Problem } from "./problem.ts";
import type { Side } from "./side.ts";

/** As much as is used here of what laplace-torch itself computed: test/fixtures/laplace-torch-*.json. */
interface Fixture {
  readonly sizes: readonly number[];
  readonly likelihood: "regression" | "classification";
  readonly sigma_noise: number;
  readonly prior_precision: number;
  readonly theta: readonly number[];
  readonly X: readonly (readonly number[])[];
  readonly Y: readonly (number | readonly number[])[];
  readonly X_test: readonly (readonly number[])[];
  /** `glm_f_cov` is N x K x K. */
  readonly results: Readonly<Record<string, { readonly log_marginal_likelihood: number; readonly glm_f_cov: readonly (readonly (readonly number[])[])[] }>>;
}

/** Names of laplace-torch's results by the method of the peer that must give them. */
const RESULTS = { full: "all_full", diagonal: "all_diag", kronecker: "all_kron", lastLayer: "last_layer_full" };

/** Throws unless the peer computes the evidence and the variances that laplace-torch does, in its name. */
export async function checkPeer(peer: Side, file: string): Promise<void> {
  for (const name of ["regression", "iris"]) {
    const fixture = JSON.parse(readFileSync(new URL(`../test/fixtures/laplace-torch-${name}.json`, import.meta.url), "utf8")) as Fixture;
    const problem = problemOf(fixture, `${file}-${name}`);
    for (const [method, key] of Object.entries(RESULTS)) {
      const answer = await peer.ask({ method, problem, float: "float64", points: problem.points, seconds: 0, clock: "wall" });
      if ("refused" in answer) throw new Error(`${peer.name} refuses ${method}: ${answer.refused}`);
      const { log_marginal_likelihood: evidence, glm_f_cov: covariance } = fixture.results[key];
      const expected = { "log evidence": [evidence], variance: covariance.flatMap((block) => block.map((row, k) => row[k])) };
      const { "log evidence": [found], variance } = answer.results;
      checkAgreement(`${peer.name} and laplace-torch, ${name}, ${method}`, expected, { "log evidence": [found], variance }, 1e-9);
    }
  }
}

function problemOf({ sizes, likelihood, theta, X, Y, X_test, ...fixture }: Fixture, file: string): Problem {
  writeNumbers(file, { parameters: Float64Array.from(theta), inputs: Float64Array.from(X.flat()), targets: Float64Array.from(Y.flat()), points: Float64Array.from(X_test.flat()) });
  return {
    sizes,
    likelihood: likelihood === "regression" ? "gaussian" : "categorical",
    examples: X.length,
    points: X_test.length,
    noise: fixture.sigma_noise,
    priorPrecision: fixture.prior_precision,
    file,
  };
}
