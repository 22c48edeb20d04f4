import { element } from "../controls/elements.ts";
import { signed } from "../controls/numbers.ts";
import type { SizeEvidence } from "./model.ts";

/** Fills the body of the table of sizes: the evidence of those that are known so far, as numbers and bars. A size is chosen by its button. */
export function showSizes(body: HTMLElement, sizes: readonly number[], known: readonly SizeEvidence[], chosen: number, onChoose: (size: SizeEvidence) => void): void {
  const most = Math.max(...known.map(({ logEvidence }) => logEvidence));
  const total = known.reduce((sum, { logEvidence }) => sum + Math.exp(logEvidence - most), 0);
  const focused = body.querySelector<HTMLElement>("button:focus")?.dataset["size"];
  body.replaceChildren(
    ...sizes.map((size) => {
      const evidence = known.find(({ hiddenUnits }) => hiddenUnits === size);
      const probability = evidence && Math.exp(evidence.logEvidence - most) / total;
      const button = element("button", { type: "button", disabled: evidence === undefined, ariaLabel: `Use ${size} hidden units`, ariaPressed: String(size === chosen) }, String(size));
      button.dataset["size"] = String(size);
      if (evidence) button.addEventListener("click", () => onChoose(evidence));
      return element("tr", {}, element("td", {}, button), element("td", {}, evidence ? signed(evidence.logEvidence) : "…"), element("td", {}, ...(probability === undefined ? [] : [bar(probability), ` ${(100 * probability).toFixed(0)} %`])));
    }),
  );
  if (focused !== undefined) body.querySelector<HTMLElement>(`[data-size="${focused}"]`)?.focus();
}

function bar(share: number): HTMLElement {
  const made = element("span", { className: "bar", ariaHidden: "true" });
  made.style.setProperty("--share", share.toFixed(3));
  return made;
}
