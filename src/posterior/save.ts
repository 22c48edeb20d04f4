import { InvalidArgumentError, UnsupportedError, describe } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { isArray } from "../workers/buffers.ts";
import { makers } from "../workers/makers.ts";
import { packed, unpacked } from "../workers/packing.ts";
import { isMixture } from "./mixture.ts";
import { Posterior, checkedPosterior, type PosteriorParts } from "./posterior.ts";

/**
 * A posterior as plain data, for `JSON.stringify`: {@link savePosterior} gives it, {@link loadPosterior} takes it.
 *
 * @category Posterior
 */
export interface SavedPosterior {
  /** What this is. */
  readonly format: typeof FORMAT;
  /** Of the format. */
  readonly version: typeof VERSION;
  /** Model, likelihood, prior, curvature, structure, temperature and what is kept of the data; typed arrays in base64, little-endian. */
  readonly parts: Readonly<Record<string, unknown>>;
}

const FORMAT = "laplace-ts posterior";
const VERSION = 1;

/**
 * A posterior as plain data that survive `JSON.stringify` and `JSON.parse`, for a file, a database or another machine. What comes back by {@link loadPosterior} gives the same numbers to the last
 * digit, can be merged with others and take more data. Numbers take 11 bytes each, so that a file has about two thirds of the size of curvature and precision, which is factorised again.
 *
 * @category Posterior
 * @throws {@link UnsupportedError} for parts that are made by code of your own, as {@link functionModel} is: save `posterior.mean` and data, and call {@link laplace} again.
 * @example
 * ```ts
 * import { gaussian, laplace, loadPosterior, mlp, predict, savePosterior } from "laplace-ts";
 * const posterior = await laplace(mlp([1, 1], { parameters: [1, 0] }), gaussian({ noise: 0.1 }), { inputs: [0, 1], targets: [0.1, 0.9] });
 * const text = JSON.stringify(savePosterior(posterior));
 * const again = loadPosterior<typeof posterior.model, typeof posterior.likelihood>(JSON.parse(text));
 * console.log(again.logEvidence === posterior.logEvidence, (await predict(again, [2])).mean.get(0, 0)); // true 2
 * ```
 */
export function savePosterior(posterior: Posterior): SavedPosterior {
  if (isMixture(posterior)) throw new InvalidArgumentError({ argument: "posterior", expected: "one posterior", received: `a mixture of ${posterior.posteriors.length}`, advice: "Save each of its `.posteriors`, and Array.from(its `.weights`): mixture(saved.map((one) => loadPosterior(one)), { weights }) makes it again." });
  const { model, likelihood, prior, curvature, structure, temperature, data } = checkedPosterior(posterior);
  const parts = Object.entries({ model, likelihood, prior, curvature, structure, temperature, data }).map(([name, part]) => [name, encoded(plain(name, part), name)]);
  return { format: FORMAT, version: VERSION, parts: Object.fromEntries(parts) as SavedPosterior["parts"] };
}

function plain(name: string, part: unknown): unknown {
  try {
    return packed(part, name);
  } catch (error) {
    throw error instanceof UnsupportedError ? notPlain(name) : error;
  }
}

function notPlain(name: string): UnsupportedError {
  return new UnsupportedError(`savePosterior: the ${name} cannot be saved, since not all of it is made by this library from plain data, as networks and parts of them are, likelihoods, priors, kinds of curvature and structures. Save posterior.mean and the data instead, and call laplace() again.`);
}

/**
 * The posterior that {@link savePosterior} made plain data of. The types of model and likelihood are yours to say, as a file does not know them.
 *
 * @category Posterior
 * @param saved - What `JSON.parse` gives for a saved text.
 * @throws {@link InvalidArgumentError} for what is no saved posterior, or one of a later version.
 */
export function loadPosterior<M extends Model = Model, L extends Likelihood = Likelihood>(saved: unknown): Posterior<M, L> {
  const refused = (expected: string, received: string, advice?: string): InvalidArgumentError => new InvalidArgumentError({ argument: "saved", expected, received, advice });
  if (typeof saved !== "object" || saved === null || !("format" in saved && saved.format === FORMAT)) throw refused("what savePosterior() gives", describe(saved), typeof saved === "string" ? "Parse it first: loadPosterior(JSON.parse(text))." : undefined);
  const { version, parts } = saved as unknown as { readonly version: unknown; readonly parts: unknown };
  if (version !== VERSION) throw refused(`version ${VERSION} of the format`, describe(version), "It was saved by another version of the library.");
  try {
    return new Posterior(unpacked(decoded(parts)) as PosteriorParts<M, L>);
  } catch (error) {
    throw refused("an undamaged posterior", `one that cannot be made again: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** By name, the typed arrays that posteriors have. */
const ARRAYS = { Float64Array, Int32Array, Uint32Array, Uint8Array } as const;

/** Typed arrays, and numbers that JSON does not have, as objects of texts; `name` is that of the part. */
function encoded(value: unknown, name: string): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) return { array: value.constructor.name, base64: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  if (Array.isArray(value)) return value.map((entry) => encoded(entry, name));
  // Lest it be found out when the file is read.
  if ("maker" in value && !isMaker(value.maker)) throw notPlain(name);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, encoded(entry, name)]));
}

function isMaker(maker: unknown): boolean {
  return Object.hasOwn(makers, String(maker));
}

function decoded(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decoded);
  if ("number" in value) return Number(value.number);
  if ("base64" in value && "array" in value) return new ARRAYS[value.array as keyof typeof ARRAYS](fromBase64(String(value.base64)).buffer);
  if ("maker" in value && !isMaker(value.maker)) throw new InvalidArgumentError({ argument: "maker", expected: "a part that this version knows", received: describe(value.maker) });
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, decoded(entry)]));
}

/** Characters at a time: a call takes no more arguments. */
const CHUNK = 0x6000;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  // A multiple of 3 bytes has no padding, so that the pieces can be joined.
  for (let from = 0; from < bytes.length; from += CHUNK) text += btoa(String.fromCharCode(...bytes.subarray(from, from + CHUNK)));
  return text;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
