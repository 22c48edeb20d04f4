import fc from "fast-check";

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** The same cases in every run, so that a failure can be looked into; FAST_CHECK_SEED=n npm test tries others. */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

export default fc;
