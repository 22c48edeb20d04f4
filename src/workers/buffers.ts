/** Whether it is a typed array: Float64Array and its like. */
export function isArray(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** The buffers of all arrays in plain data, each once. */
export function buffersOf(plain: unknown, found = new Set<ArrayBuffer>()): ReadonlySet<ArrayBuffer> {
  if (isArray(plain)) found.add(plain.buffer as ArrayBuffer);
  else if (typeof plain === "object" && plain !== null) for (const entry of Object.values(plain)) buffersOf(entry, found);
  return found;
}
