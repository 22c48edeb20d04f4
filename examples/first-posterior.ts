/**
 * The first example of the README as a picture: `npx tsx examples/first-posterior.ts` writes docs/images/first-posterior.svg.
 */
import { writeFileSync } from "node:fs";
import { gaussian, isotropic, laplace, maximizeEvidence, mlp, predict, random, train } from "laplace-ts";

const source = random(1);
const inputs = Array.from({ length: 40 }, (_, i) => (i < 20 ? -2 : 0.6) + 1.4 * source.uniform());
const targets = inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal());
const { model, likelihood, prior } = await train(mlp([1, 5, 1], { seed: 1 }), gaussian({ noise: 0.1 }), { inputs, targets }, { prior: isotropic(1) });
const tuned = maximizeEvidence(await laplace(model, likelihood, { inputs, targets }, { prior }));

const grid = Array.from({ length: 201 }, (_, i) => -3 + 0.03 * i);
const prediction = await predict(tuned, grid);

const [width, height] = [720, 340];
const frame = { left: 44, right: 12, top: 34, bottom: 34 };
const [lowest, highest] = [-3, 3];
const across = (x: number): string => (frame.left + ((x + 3) / 6) * (width - frame.left - frame.right)).toFixed(1);
const down = (y: number): string => (height - frame.bottom - ((Math.min(highest, Math.max(lowest, y)) - lowest) / (highest - lowest)) * (height - frame.top - frame.bottom)).toFixed(1);
const points = (values: readonly number[]): string[] => values.map((y, i) => `${across(grid[i])},${down(y)}`);
const band = ({ lower, upper }: { lower: { to1DArray(): number[] }; upper: { to1DArray(): number[] } }): string => [...points(lower.to1DArray()), ...points(upper.to1DArray()).reverse()].join(" ");

// Colours of middle lightness and no background: legible on white and on black.
const [blue, orange, grey] = ["#3f8fd9", "#e07b28", "#808890"];
const tick = (value: number): string => String(value).replace("-", "\u2212");
const ticks = [-3, -2, -1, 0, 1, 2, 3].flatMap((value) => [
  `<text x="${across(value)}" y="${height - 12}" text-anchor="middle">${tick(value)}</text>`,
  `<text x="${frame.left - 10}" y="${down(value)}" dy="0.35em" text-anchor="end">${tick(value)}</text>`,
  `<line x1="${frame.left}" x2="${width - frame.right}" y1="${down(value)}" y2="${down(value)}" stroke="${grey}" stroke-opacity="${value === 0 ? 0.6 : 0.2}"/>`,
]);
const key = (x: number, mark: string, label: string): string => `<g transform="translate(${x},16)">${mark}<text x="26" dy="0.35em">${label}</text></g>`;

writeFileSync(
  new URL("../docs/images/first-posterior.svg", import.meta.url),
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="${grey}" role="img">`,
    "<title>A network's mean with 95 % bands: narrow where there are data, wide in the gap between them and beyond</title>",
    ...ticks,
    `<polygon points="${band(prediction.interval(0.95))}" fill="${blue}" fill-opacity="0.22"/>`,
    `<polygon points="${band(prediction.meanInterval(0.95))}" fill="${blue}" fill-opacity="0.3"/>`,
    `<polyline points="${points(prediction.mean.to1DArray()).join(" ")}" fill="none" stroke="${blue}" stroke-width="2.2"/>`,
    `<polyline points="${points(grid.map((x) => Math.sin(2 * x))).join(" ")}" fill="none" stroke="${grey}" stroke-width="1.4" stroke-dasharray="5 4"/>`,
    ...inputs.map((x, n) => `<circle cx="${across(x)}" cy="${down(targets[n])}" r="3" fill="${orange}"/>`),
    key(frame.left, `<circle cx="12" r="3" fill="${orange}"/>`, "data"),
    key(120, `<line x2="20" stroke="${blue}" stroke-width="2.2"/>`, "mean"),
    key(202, `<rect y="-6" width="20" height="12" fill="${blue}" fill-opacity="0.5"/>`, "95 % of the function"),
    key(372, `<rect y="-6" width="20" height="12" fill="${blue}" fill-opacity="0.22"/>`, "95 % of new targets"),
    key(540, `<line x2="20" stroke="${grey}" stroke-width="1.4" stroke-dasharray="5 4"/>`, "what made the data"),
    "</svg>",
    "",
  ].join("\n"),
);
