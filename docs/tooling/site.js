/* global localStorage */
// The lists of guides and notebooks are open until a reader closes them.
for (const topic of ["Guides", "Notebooks"]) {
  const key = `tsd-accordion-${topic}`;
  if (localStorage.getItem(key) === null) localStorage.setItem(key, "true");
}
