/** A function to minimise, at some arguments. */
export interface SearchPoint {
  /** The arguments. */
  readonly weights: Float64Array;
  /** The function's value; infinite where it must not go. */
  readonly loss: number;
  /** Its gradient. */
  readonly gradient: Float64Array;
}

/**
 * A search that asks for points by their arguments, is given them, and returns what it found: the same for a function that
 * answers at once and for one that takes its time.
 */
export type Search<P extends SearchPoint, R> = Generator<Float64Array, R, P>;

/** What a search finds, of a function that answers at once. */
export function searched<P extends SearchPoint, R>(search: Search<P, R>, pointAt: (weights: Float64Array) => P): R {
  let request = search.next();
  while (request.done !== true) request = search.next(pointAt(request.value));
  return request.value;
}

/** What a search finds, of a function that takes its time. */
export async function awaited<P extends SearchPoint, R>(search: Search<P, R>, pointAt: (weights: Float64Array) => Promise<P>): Promise<R> {
  let request = search.next();
  while (request.done !== true) request = search.next(await pointAt(request.value));
  return request.value;
}
