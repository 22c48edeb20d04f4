/** The two classes, as the likelihood takes them. */
export type ClassLabel = 0 | 1;

/** Two inputs and a class. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly label: ClassLabel;
}

/** What the plot shows: both inputs. */
export const VIEW = { x: [-4, 4], y: [-4, 4] } as const;

/** What the page begins with: two clouds that overlap in the middle, so that most of the plot is far from any data. */
export const firstPoints: readonly LabelledPoint[] = [
  ...([[-1.5, 0.6], [-1.1, 1.3], [-0.6, 0.7], [-1.9, -0.1], [-0.9, 0.1], [-1.4, -0.8], [-0.2, 1.4], [0.6, 0.2]] as const).map(([x, y]) => ({ x, y, label: 0 as const })),
  ...([[1.2, -0.4], [0.7, -1.2], [1.6, 0.3], [0.3, -0.5], [1, 0.7], [1.9, -0.9], [0.1, -1.6], [-0.4, 0.3]] as const).map(([x, y]) => ({ x, y, label: 1 as const })),
];
