import { tex } from "./docs/tooling/tex.js";

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "laplace-ts",
  entryPoints: ["src/index.ts"],
  tsconfig: "tsconfig.build.json",
  out: "docs/site",
  readme: "README.md",
  projectDocuments: ["docs/*.md", "docs/notebooks/*.md"],
  markdownItLoader: tex,

  // Pages by topic: each exported name carries an @category.
  categorizeByGroup: false,
  defaultCategory: "Other",
  categoryOrder: [
    "Fitting",
    "Posterior",
    "Prediction",
    "Evidence",
    "Structure",
    "Curvature",
    "Likelihoods",
    "Priors",
    "Training",
    "Models",
    "Linear algebra",
    "Data",
    "Random numbers",
    "Errors",
    "*",
    "Other",
  ],
  navigation: { includeCategories: true, includeGroups: false },
  sort: ["source-order"],
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  githubPages: false,
  searchInComments: true,
  searchInDocuments: true,

  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: {
    invalidLink: true,
    invalidPath: true,
    notDocumented: true,
    notExported: true,
    rewrittenLink: true,
    unusedMergeModuleWith: true,
  },
};
