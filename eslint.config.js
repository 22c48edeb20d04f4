import { builtinModules } from "node:module";
import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Rooms of `src`, top to bottom: a file imports from its own room or from rooms further down, never upwards. */
const rooms = [
  "plots",
  "native",
  "onnx",
  "tfjs",
  "evidence",
  "calibration",
  "predictive",
  "spectrum",
  "posterior",
  "workers",
  "structure",
  "curvature",
  "training",
  "likelihood",
  "prior",
  "model",
  "linalg",
];

const portable = {
  regex: `^(node:|(${builtinModules.join("|")})(/|$))`,
  message: "src runs in browsers too: no Node modules.",
};

/** @type {import("eslint").Linter.Config[]} */
const upwards = rooms.map((room, depth) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          portable,
          {
            regex: `^\\.\\.?/(.*/)?((${["-", ...rooms.slice(0, depth)].join("|")})/|((index|fit(-\\w+)?)\\.ts|worker\\.js)$)`,
            message: `Imports run downwards: ${room}/ may not import from a room above it (see CONTRIBUTING.md).`,
          },
        ],
      },
    ],
  },
}));

export default defineConfig(
  // assembly/*.ts is AssemblyScript, which its own compiler checks.
  globalIgnores([".ci/", "assembly/*.ts", "**/dist/", "coverage/", "docs/site/", "docs/notebooks/"]),
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      eqeqeq: "error",
      // jstat.d.ts is reached by a reference, which tsc and Deno both follow.
      "@typescript-eslint/triple-slash-reference": ["error", { path: "always", types: "never", lib: "never" }],
      // Numbers in messages are what a numerical library prints.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Unchecked JavaScript callers reach the argument checks that the types call unnecessary.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // A name for a type parameter is documentation, even where it is used once.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/unified-signatures": "off",
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [portable] }] },
  },
  {
    files: ["src/*.ts"],
    ignores: ["src/plots.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [portable, { regex: "^\\./plots(/|\\.ts$)", message: "Only laplace-ts/plots needs Observable Plot." }] }] },
  },
  upwards,
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { globals: { Buffer: "readonly", console: "readonly", process: "readonly", URL: "readonly" } },
  },
);
