// The first use on a page, which says in its title how it went.
import("./first-use.ts").then(
  () => (document.title = "done"),
  (error: unknown) => (document.title = `failed: ${error}`),
);
