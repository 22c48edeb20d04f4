/** Pictures as files, for pages that show them as images. */
import { writeFileSync } from "node:fs";

/** Of an image, the colours follow the page's only if it says that it knows both light and dark ones. Within a page this rule means nothing, as the svg element is not the root there. */
const KNOWS_BOTH = "<style>svg:root { color-scheme: light dark }</style>";

/** Writes a picture of `laplace-ts/plots` that is dark on dark pages, as an image too. */
export function writePicture(file: string | URL, picture: string): void {
  writeFileSync(file, picture.replace(/^<svg [^>]*>/, `$&${KNOWS_BOTH}`));
}
