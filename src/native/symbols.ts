/**
 * The functions of CBLAS and LAPACK that do the work, with the types of their parameters: `i` a 32-bit integer, `d` a double,
 * `p` a pointer, `l` the length of a string. CBLAS takes numbers; LAPACK, being Fortran, takes pointers to everything, and the
 * lengths of its strings at the end.
 */
export const required = {
  cblas_dgemm: "iiiiiidpipidpi",
  cblas_dsyrk: "iiiiidpidpi",
  cblas_dtrsm: "iiiiiiidpipi",
  dpotrf_: "pppppl",
  dtrtri_: "ppppppll",
  dpotri_: "pppppl",
  dsyevd_: "pppppppppppll",
} as const;

/** What only some libraries have. */
export const optional = { openblas_set_num_threads: "i" } as const;

/** A function of the library; none of them returns what is needed. */
export type NativeFunction = (...values: (number | ArrayBufferView)[]) => void;

/** The functions of an open library. */
export type NativeFunctions = Record<keyof typeof required, NativeFunction> & Partial<Record<keyof typeof optional, NativeFunction>>;
