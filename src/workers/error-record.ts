import { InvalidArgumentError, LaplaceError, NotFiniteError, NotPositiveDefiniteError, UnsupportedError } from "../errors.ts";

/** An error as plain data. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** What an error of this name has besides. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const CLASSES: Readonly<Record<string, { readonly prototype: Error }>> = {
  LaplaceError,
  InvalidArgumentError,
  NotFiniteError,
  NotPositiveDefiniteError,
  UnsupportedError,
  RangeError,
  TypeError,
};

/** What is thrown, as plain data. */
export function recordOf(thrown: unknown): ErrorRecord {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { name: error.name, message: error.message, stack: error.stack, fields: Object.fromEntries(Object.entries(error)) };
}

/** The error again, of its class where that is one of the library's, with its stack in the other thread. */
export function errorOf({ name, message, stack, fields }: ErrorRecord): Error {
  const error = Object.assign(new Error(message), fields);
  if (Object.hasOwn(CLASSES, name)) Object.setPrototypeOf(error, CLASSES[name].prototype);
  if (stack !== undefined) error.stack = stack;
  return error;
}
