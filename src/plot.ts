/** The geometry that charts share: axes with round steps, lines with gaps, bands, and thinning of many points. */

export interface PlotPoint {
  readonly time: number;
  /** NaN where it is missing. */
  readonly value: number;
}

export interface PlotAxis {
  readonly low: number;
  readonly step: number;
  readonly steps: number;
}

export interface PlotScale {
  readonly x: (time: number) => number;
  readonly y: (value: number) => number;
}

/** A line with more than twice this many points is drawn as the extremes of at most this many columns. */
export const columns = 320;
/** The axis reaches at least 2 % beyond the largest value and the least. */
const headroom = 1.02;

/**
 * An axis of round steps in which all values fit. It begins at 0, or below where values are negative.
 *
 * @param least smallest range for which the step is chosen, also where the values span less
 */
export function axisOf(values: readonly number[], least = 1e-6): PlotAxis {
  const known = values.filter(Number.isFinite);
  const most = known.reduce((top, value) => Math.max(top, value), 0);
  const fewest = known.reduce((bottom, value) => Math.min(bottom, value), 0);
  const rough = Math.max(most - fewest, least) / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 2.5, 5].find((factor) => factor * unit >= rough) ?? 10);
  const below = Math.ceil((-fewest * headroom) / step);
  const above = Math.ceil((most * headroom) / step);
  return { low: -below * step, step, steps: Math.max(1, above + below) };
}

/** Every point, or the least and the largest of each column. */
export function thinned(points: readonly PlotPoint[]): readonly PlotPoint[] {
  if (points.length <= 2 * columns) return points;
  const each = Math.ceil(points.length / columns);
  return Array.from({ length: columns }, (_, i) => points.slice(i * each, (i + 1) * each)).flatMap(
    (column) => {
      const known = column.filter(({ value }) => Number.isFinite(value));
      const sorted = known.toSorted((a, b) => a.value - b.value);
      const ends = [sorted[0], sorted.at(-1)].filter((point) => point !== undefined);
      return ends.toSorted((a, b) => a.time - b.time);
    },
  );
}

/** The `d` of a path; a missing value is a gap. A value between two gaps is a dot where line caps are round. */
export function linePath(points: readonly PlotPoint[], scale: PlotScale): string {
  const known = (point: PlotPoint | undefined): boolean => Number.isFinite(point?.value);
  let path = "";
  points.forEach((point, i) => {
    if (!known(point)) return;
    const begins = !known(points[i - 1]);
    path += `${begins ? "M" : "L"}${placeOf(point, scale)}`;
    // A subpath without a length is not drawn at all unless it has a segment.
    if (begins && !known(points[i + 1])) path += "h0";
  });
  return path;
}

/** The `d` of the area between two lines without gaps; empty where there is none. */
export function bandPath(
  low: readonly PlotPoint[],
  high: readonly PlotPoint[],
  scale: PlotScale,
): string {
  if (low.length === 0) return "";
  return `M${[...high, ...low.toReversed()].map((point) => placeOf(point, scale)).join("L")}Z`;
}

const placeOf = ({ time, value }: PlotPoint, { x, y }: PlotScale): string =>
  `${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
