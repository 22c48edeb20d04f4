import { describe, expect, it } from "vitest";
import { frontEnd, hasDenoKernel, MISSING } from "../../notebooks/tooling/jupyter.ts";

describe("opening notebooks", () => {
  it("takes JupyterLab where it is, else the notebook server, else none", () => {
    expect(frontEnd(() => true)).toBe("lab");
    expect(frontEnd((name) => name === "notebook")).toBe("notebook");
    expect(frontEnd(() => false)).toBeUndefined();
  });

  it("looks for Deno among the kernels, and whether its program is still there", () => {
    const kernel = (program: string): string => JSON.stringify({ kernelspecs: { python3: {}, deno: { spec: { argv: [program, "jupyter", "--kernel"] } } } });
    const exists = (path: string): boolean => path === "/here/deno";
    expect(hasDenoKernel(kernel("/here/deno"), exists)).toBe(true);
    expect(hasDenoKernel(kernel("deno"), exists)).toBe(true); // found by the shell
    expect(hasDenoKernel(kernel("/gone/deno"), exists)).toBe(false);
    for (const nothing of [undefined, "", "no JSON", '{ "kernelspecs": { "python3": {} } }', '{ "kernelspecs": { "deno": {} } }']) expect(hasDenoKernel(nothing, exists)).toBe(false);
  });

  it("names what to install, and how to read without", () => {
    expect(MISSING).toMatch(/pip install jupyterlab[^]*apt install jupyter-notebook[^]*npx deno jupyter --install[^]*npm run docs/);
  });
});
