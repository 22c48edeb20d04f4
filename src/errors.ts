/**
 * Every error that the library throws on purpose. Each says what was wrong, what was expected, what came, and what to do.
 *
 * @module
 */

/**
 * Base of all errors thrown on purpose by this library; catch it to tell them from programming errors.
 *
 * @category Errors
 */
export class LaplaceError extends Error {
  /** The name of the class, which survives minifying and structured cloning. */
  override readonly name: string = "LaplaceError";
}

/**
 * What an {@link InvalidArgumentError} is made from.
 *
 * @category Errors
 */
export interface InvalidArgument {
  /** Name of the argument, as in the signature: `"noise"`, `"data.targets"`. */
  readonly argument: string;
  /** What would have been right. */
  readonly expected: string;
  /** What came. */
  readonly received: string;
  /** What to do, where it does not follow from the above. */
  readonly advice?: string | undefined;
}

/**
 * An argument has the wrong type, shape, range or content.
 *
 * @category Errors
 */
export class InvalidArgumentError extends LaplaceError {
  /** `"InvalidArgumentError"`. */
  override readonly name = "InvalidArgumentError";
  /** Name of the argument. */
  readonly argument: string;
  /** What would have been right. */
  readonly expected: string;
  /** What came. */
  readonly received: string;

  constructor({ argument, expected, received, advice }: InvalidArgument) {
    super(`${argument}: expected ${expected}, got ${received}.${advice === undefined ? "" : ` ${advice}`}`);
    this.argument = argument;
    this.expected = expected;
    this.received = received;
  }
}

/**
 * What is asked for does not exist for this model, likelihood or structure.
 *
 * @category Errors
 */
export class UnsupportedError extends LaplaceError {
  /** `"UnsupportedError"`. */
  override readonly name = "UnsupportedError";
}

/**
 * A precision matrix has an eigenvalue that is not positive, so it is not the precision of a Gaussian.
 *
 * With exact curvature this means that the weights are not at a mode of the posterior.
 *
 * @category Errors
 */
export class NotPositiveDefiniteError extends LaplaceError {
  /** `"NotPositiveDefiniteError"`. */
  override readonly name = "NotPositiveDefiniteError";
  /** The smallest eigenvalue (for a diagonal structure, the smallest entry) of the matrix; of a matrix that is known by its products alone, a number that it is not above. */
  readonly smallestEigenvalue: number;

  constructor(what: string, smallestEigenvalue: number, advice: string, known: "is" | "is at most" = "is") {
    super(`${what} is not positive definite: its smallest eigenvalue ${known} ${smallestEigenvalue.toPrecision(4)}. ${advice}`);
    this.smallestEigenvalue = smallestEigenvalue;
  }
}

/**
 * A computation that must be finite gave NaN or infinity.
 *
 * @category Errors
 */
export class NotFiniteError extends LaplaceError {
  /** `"NotFiniteError"`. */
  override readonly name = "NotFiniteError";
}

/** Returns `values` if all are finite, else throws. */
export function allFinite(what: string, values: Float64Array): Float64Array {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new NotFiniteError(`${what}: entry ${bad} is ${values[bad]}. Are the inputs in the units the model was trained with? Inputs of the size of 1 keep numbers finite.`);
}

/** A short description of any value, for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}, the first ${describe(value[0])}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of length ${(value as unknown as { length: number }).length}`;
  if (typeof value === "object") return describeObject(value);
  return typeof value;
}

/** By its keys, or where it shows none by what it is: a Date, a Promise, a Map. */
function describeObject(value: object): string {
  const keys = Object.keys(value).slice(0, 6).join(", ");
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (keys !== "" || kind === "Object") return `an object with ${keys || "no keys"}`;
  return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** Returns `value` if it is a finite number above zero, else throws. */
export function positive(argument: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError({ argument, expected: "a finite number above 0", received: describe(value) });
}

/** Returns `value` if it is true or false, else throws: a text such as "false" counts as true elsewhere. */
export function trueOrFalse(argument: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InvalidArgumentError({ argument, expected: "true or false", received: describe(value) });
}

/** Returns `value` if it is a text, else throws. */
export function text(argument: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new InvalidArgumentError({ argument, expected: "a text", received: describe(value) });
}

/** Returns `value` if it is a whole number of at least `least`, else throws. */
export function wholeNumber(argument: string, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError({ argument, expected: `a whole number of at least ${least}`, received: describe(value) });
}

/** Returns `value` if it is one of `choices`, else throws with the list. */
export function oneOf<T extends string>(argument: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw new InvalidArgumentError({ argument, expected: `one of ${choices.map((c) => JSON.stringify(c)).join(", ")}`, received: describe(value) });
}

/**
 * Returns `value` if it is an object with the given key, as the functions named by `makers` make it; else throws. Names in
 * place of values and forgotten calls are told apart.
 */
export function madeBy<T extends object>(makers: string, argument: string, value: T, key: keyof T): T {
  if (typeof value === "object" && value !== null && key in value) return value;
  throw new InvalidArgumentError({ argument, expected: `a value made by ${makers}`, received: describe(value), advice: adviceFor(makers, value) });
}

function adviceFor(makers: string, value: unknown): string | undefined {
  if (typeof value === "function") return "Call the function.";
  if (value instanceof Promise) return "Await it first.";
  if (typeof value !== "string") return undefined;
  const makersByName = makers.match(/\w+(?=\()/g) ?? [];
  return `Pass ${makersByName.find((maker) => maker.toLowerCase() === value.toLowerCase()) ?? makersByName[0]}(), what the function returns and not its name.`;
}

/** Where the posterior of a single model is in what has one or several, as fits, committees and mixtures do: a property to name in a message. */
export function pathToPosterior(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("posteriors" in value) return ".posteriors[0]";
  if (!("posterior" in value)) return undefined;
  const isMixture = typeof value.posterior === "object" && value.posterior !== null && "posteriors" in value.posterior;
  if (!isMixture) return ".posterior";
  return "best" in value ? ".best.posterior" : ".members[0].posterior";
}

/** Throws when `options` has a key that is not in `known`: a misspelt option must not pass in silence. `beside` are those that somebody else looks at, and that may be named as well. */
export function knownOptions(argument: string, options: object, known: readonly string[], beside: readonly string[] = []): void {
  const allowed = [...known, ...beside];
  const isData = Array.isArray(options) || ArrayBuffer.isView(options);
  if (typeof options !== "object" || options === null || isData) {
    throw new InvalidArgumentError({ argument, expected: allowed.length === 0 ? "no options" : `an object with any of ${allowed.join(", ")}`, received: describe(options), advice: isData ? "Data are one argument, { inputs, targets }; options are an object of their own." : undefined });
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new InvalidArgumentError({ argument: `${argument}.${key}`, expected: allowed.length === 0 ? "no options" : `one of the options ${allowed.join(", ")}`, received: `the unknown option "${key}"` });
  }
}
