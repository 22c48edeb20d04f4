/**
 * Threads that tests start run the TypeScript sources. Node from 22.18 on does so by itself, Deno always; for earlier ones
 * tsx takes the types away, in the threads alone: vitest has its own way with tests.
 */
import { isMainThread } from "node:worker_threads";
import { register } from "tsx/esm/api";

if (!isMainThread) register();
