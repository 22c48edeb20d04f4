import { describe, expect, it } from "vitest";
import { frontEnd, hasDenoKernel, MISSING } from "../../notebooks/tooling/jupyter.ts";

describe("opening notebooks", () => {
  it("takes JupyterLab where it is, else the notebook server, else none", () => {
    expect(frontEnd(() => true)).toBe("lab");
    expect(frontEnd((name) => name === "notebook")).toBe("notebook");
    expect(frontEnd(() => false)).toBeUndefined();
  });

  it("looks for Deno among the kernels", () => {
    expect(hasDenoKernel('{ "kernelspecs": { "python3": {}, "deno": { "resource_dir": "/a" } } }')).toBe(true);
    expect(hasDenoKernel('{ "kernelspecs": { "python3": {} } }')).toBe(false);
    for (const nothing of [undefined, "", "no JSON"]) expect(hasDenoKernel(nothing)).toBe(false);
  });

  it("names what to install, and how to read without", () => {
    expect(MISSING).toMatch(/pip install jupyterlab[^]*npx deno jupyter --install[^]*npm run docs/);
  });
});
