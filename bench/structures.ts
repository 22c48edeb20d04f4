import { diagonal, full, type Structure } from "laplace-ts";

/** The structures that are measured. A new one is one entry here: its job and its curves of cost follow. */
export const structures: Readonly<Record<string, () => Structure>> = { full, diagonal };
