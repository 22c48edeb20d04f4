/** A mean over splits, and its standard error where that is published. */
export interface Published {
  readonly logLikelihood: number;
  /** In the units of the targets. */
  readonly rmse?: number;
}

/** Results of a method as its authors published them. */
export interface PublishedMethod {
  readonly name: string;
  readonly source: string;
  readonly results: Readonly<Record<string, Published>>;
}

/**
 * The tables that are usually compared with, for the same twenty splits: the first from memory of the papers, the second as its authors published it with their program.
 */
export const published: readonly PublishedMethod[] = [
  {
    name: "PBP",
    source: "probabilistic backpropagation, Hernández-Lobato & Adams 2015",
    results: { boston: { logLikelihood: -2.57 }, concrete: { logLikelihood: -3.16 }, energy: { logLikelihood: -2.04 }, yacht: { logLikelihood: -1.63 } },
  },
  {
    name: "MC dropout",
    source: "dropout, tuned; Gal & Ghahramani 2016, the table of their program as of 2018",
    results: {
      boston: { logLikelihood: -2.4, rmse: 2.9 },
      concrete: { logLikelihood: -2.93, rmse: 4.82 },
      energy: { logLikelihood: -1.21, rmse: 0.54 },
      yacht: { logLikelihood: -1.25, rmse: 0.67 },
    },
  },
  {
    name: "deep ensembles",
    source: "Lakshminarayanan, Pritzel & Blundell 2017",
    results: { boston: { logLikelihood: -2.41 }, concrete: { logLikelihood: -3.06 }, energy: { logLikelihood: -1.38 }, yacht: { logLikelihood: -1.18 } },
  },
];
