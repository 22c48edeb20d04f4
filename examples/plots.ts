/** A document of linkedom's, for charts of Observable Plot beside those of `laplace-ts/plots`, which needs none. */
import type * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

// Deno does not know the types of linkedom.
export const { document } = parseHTML("<html></html>") as unknown as Required<Pick<Plot.PlotOptions, "document">>;
