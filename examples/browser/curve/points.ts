/** An input and its target. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the plot shows: inputs and targets. */
export const VIEW = { x: [-3, 3], y: [-2, 2] } as const;

/** What the page begins with: a curve with a gap in it. */
export const firstPoints: readonly Point[] = [
  { x: -2.3, y: 0.55 },
  { x: -2, y: 0.2 },
  { x: -1.75, y: -0.35 },
  { x: -1.5, y: -0.6 },
  { x: -1.25, y: -0.95 },
  { x: -1, y: -0.85 },
  { x: -0.8, y: -0.9 },
  { x: -0.5, y: -0.45 },
  { x: 0.9, y: 0.95 },
  { x: 1.1, y: 0.9 },
  { x: 1.35, y: 0.6 },
  { x: 1.6, y: 0.25 },
  { x: 1.8, y: -0.2 },
];
