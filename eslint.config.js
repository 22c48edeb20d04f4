import { builtinModules } from "node:module";
import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Entries of their own, each a file and a room, which need packages that the rest does not: nothing else imports them. */
const entries = ["jax", "native", "onnx", "plots", "tfjs"];

/** The other rooms of `src`, top to bottom: a file imports from its own room or from rooms further down, never upwards. */
const rooms = [
  "pruning",
  "quantisation",
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

/** What the files of a room may not import: rooms above it, and files of `src` itself that are above all rooms. */
const above = (/** @type {readonly string[]} */ upper) => `^\\.\\.?/(.*/)?((${["-", ...upper].join("|")})/|((index|fit(-\\w+)?|${entries.join("|")})\\.ts|worker\\.js)$)`;

/** @returns {import("eslint").Linter.Config} */
const forbid = (/** @type {string} */ files, /** @type {{ regex: string; message: string }} */ pattern) => ({ files: [files], rules: { "no-restricted-imports": ["error", { patterns: [portable, pattern] }] } });

const ofRoom = (/** @type {string} */ room, /** @type {readonly string[]} */ upper) =>
  forbid(`src/${room}/**/*.ts`, { regex: above(upper), message: `Imports run downwards: ${room}/ may not import from a room above it (see CONTRIBUTING.md).` });

/** Files of `src` itself import no entry but their own. */
const ofFile = (/** @type {string} */ files, /** @type {readonly string[]} */ others) => forbid(files, { regex: `^\\./(${others.join("|")})(/|\\.ts$)`, message: "Only an entry of its own imports what needs a package of its own (see CONTRIBUTING.md)." });

const without = (/** @type {string} */ entry) => entries.filter((other) => other !== entry);

const oneWay = [
  ofFile("src/*.ts", entries),
  ...entries.map((entry) => ofFile(`src/${entry}.ts`, without(entry))),
  ...entries.map((entry) => ofRoom(entry, without(entry))),
  ...rooms.map((room, depth) => ofRoom(room, [...entries, ...rooms.slice(0, depth)])),
];

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
  oneWay,
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { globals: { Buffer: "readonly", console: "readonly", process: "readonly", URL: "readonly" } },
  },
);
