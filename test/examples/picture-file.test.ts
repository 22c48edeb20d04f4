import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writePicture } from "../../examples/picture-file.ts";

test("a picture in a file says in its root that it knows light and dark pages, and is otherwise as it was", () => {
  const directory = mkdtempSync(join(tmpdir(), "picture-"));
  try {
    const file = join(directory, "picture.svg");
    writePicture(file, '<svg width="1" height="2"><g><svg x="1"></svg></g></svg>\n');
    const written = readFileSync(file, "utf8");
    expect(written).toContain('<svg width="1" height="2"><style>svg:root { color-scheme: light dark }</style><g><svg x="1"></svg></g></svg>\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
