import { expect, test } from "vitest";
import { withSection } from "../../bench/section.ts";

const page = "Before\n<!-- jobs -->old\n\ntable<!-- /jobs -->\nbetween <!-- growth --><!-- /growth -->\nafter";

test("what stands between the marks is replaced, and nothing else", () => {
  const written = withSection(page, "jobs", "| new |\n");
  expect(written).toBe("Before\n<!-- jobs -->\n\n| new |\n\n<!-- /jobs -->\nbetween <!-- growth --><!-- /growth -->\nafter");
  expect(withSection(written, "jobs", "| new |")).toBe(written);
});

test("a page without the marks is an error", () => {
  expect(() => withSection(page, "kernels", "")).toThrow(/<!-- kernels -->/);
  expect(() => withSection("<!-- /jobs --> <!-- jobs -->", "jobs", "")).toThrow(/no <!-- jobs -->/);
});
