/** How often a table gets rows, and whether each row belongs to one prediction. Pure. */
import { median } from "./facts.ts";
import { gapsOf, type ProposedReading, timesOf } from "./readings.ts";

export interface Rhythm {
  /** The usual time between two attributions of a model, seconds; undefined when the sample shows none. */
  readonly cadence: number | undefined;
  /** Number of predictions of a model in an hour; undefined if rows do not belong to single predictions. */
  readonly predictionsPerHour: number | undefined;
  /** The window over which predictions would be averaged. */
  readonly window: string | undefined;
}

/** Rows that come more often than this are hardly ever attributions. They are predictions. */
const shortSeconds = 20;
/** With fewer gaps a rhythm cannot be told from chance. */
const leastGaps = 20;
const fewPerWindow = 30;
const manyAtOnce = 20;

const windows = [
  ["10m", 1 / 6],
  ["1h", 1],
  ["6h", 6],
  ["1d", 24],
] as const;

/** @param hasPredictionId whether a column names the prediction that a row belongs to */
export function rhythmOf(
  read: readonly ProposedReading[],
  { hasPredictionId }: { readonly hasPredictionId: boolean },
): Rhythm {
  const gaps = gapsOf(read);
  const perHour = isPerPrediction(gaps, hasPredictionId) ? ratePerHour(read) : undefined;
  const [window] = windows.find(([, hours]) => (perHour ?? 0) * hours >= fewPerWindow) ?? ["1d"];
  return {
    // Rows of one attribution may be written one after the other, so gaps below a second do not count.
    cadence: median(gaps.filter((gap) => gap >= 1)),
    predictionsPerHour: perHour,
    window: perHour === undefined ? undefined : window,
  };
}

function isPerPrediction(gaps: readonly number[], hasPredictionId: boolean): boolean {
  if (gaps.length < leastGaps) return false;
  if (hasPredictionId) return (median(gaps) ?? 0) < 3600;
  // If several models are read as one, each time repeats a few times. In a batch of predictions it repeats many times.
  const apart = gaps.filter((gap) => gap > 0);
  if (gaps.length > manyAtOnce * (apart.length + 1)) return true;
  const middle = median(apart) ?? 0;
  return middle < shortSeconds && isIrregular(apart, middle);
}

/** Whether more than a quarter of the gaps differ by more than a quarter from the median: so no timer wrote them. */
const isIrregular = (gaps: readonly number[], middle: number): boolean =>
  gaps.filter((gap) => Math.abs(gap - middle) > middle / 4).length > gaps.length / 4;

function ratePerHour(read: readonly ProposedReading[]): number {
  const rates = [...timesOf(read).values()].flatMap((times) => {
    const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
    return times.length < 3 || span === 0 ? [] : [((times.length - 1) / span) * 3600];
  });
  return median(rates) ?? 0;
}
