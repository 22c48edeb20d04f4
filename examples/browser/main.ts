/**
 * The page of `npm run example:browser`: points that are clicked onto a plot, and what a network knows from them.
 */
import { startClassesTab } from "./classes/tab.ts";
import { startCurveTab } from "./curve/tab.ts";
import { tabs } from "./controls/tabs.ts";

tabs(document.querySelector<HTMLElement>("[role=tablist]")!, { curve: startCurveTab, classes: startClassesTab });
