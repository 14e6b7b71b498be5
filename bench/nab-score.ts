/** Scores alarms on the series of the Numenta Anomaly Benchmark by its definitions, at one fixed setting. */

/** One series with its labels. */
export interface NabSeries {
  /** `folder/file.csv`. */
  readonly name: string;
  readonly rows: number;
  /** First and last row of each labelled window, in order. */
  readonly windows: readonly (readonly [first: number, last: number])[];
  /** Usual time between two rows, seconds. */
  readonly cadence: number;
}

export interface NabRun {
  readonly series: NabSeries;
  /** Rows at which an alarm came, in order. */
  readonly alarms: readonly number[];
}

export interface NabProfile {
  readonly name: string;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

export const profiles = {
  standard: { name: "standard", falsePositive: 0.11, falseNegative: 1 },
  lowFalsePositives: { name: "low FP", falsePositive: 0.22, falseNegative: 1 },
  lowFalseNegatives: { name: "low FN", falsePositive: 0.11, falseNegative: 2 },
} as const;

/** Rows at the beginning that are not scored. */
export const probation = (rows: number): number => Math.min(Math.floor(0.15 * rows), 750);

const sigma = (y: number): number => (y > 3 ? -1 : 2 / (1 + Math.exp(5 * y)) - 1);

/** @returns 100 for a perfect detector, 0 for one that never alarms; NaN without any window */
export function nabScore(runs: readonly NabRun[], profile: NabProfile): number {
  const windows = runs.reduce((sum, { series }) => sum + series.windows.length, 0);
  const raw = runs.reduce((sum, run) => sum + rawScore(run, profile), 0);
  const { falseNegative } = profile;
  return (100 * (raw + windows * falseNegative)) / (windows * (1 + falseNegative));
}

function rawScore(run: NabRun, profile: NabProfile): number {
  const { windows } = run.series;
  const hits = windows.map((window) => hitsIn(run, window));
  let score = 0;
  for (const [i, [first, last]] of windows.entries()) {
    const earliest = hits[i]?.[0];
    const width = last - first + 1;
    // Earlier alarms score higher, so the first alarm is the best one.
    if (earliest === undefined) score -= profile.falseNegative;
    else score += sigma(-(last - earliest + 1) / width) / sigma(-1);
  }
  for (const row of outside(run)) {
    const before = windows.findLast(([, last]) => last < row);
    const cost = before === undefined ? -1 : sigma((row - before[1]) / (before[1] - before[0]));
    score += profile.falsePositive * cost;
  }
  return score;
}

function hitsIn({ series, alarms }: NabRun, [first, last]: readonly [number, number]): number[] {
  return alarms.filter((row) => row >= probation(series.rows) && row >= first && row <= last);
}

function outside({ series, alarms }: NabRun): readonly number[] {
  const inside = (row: number): boolean =>
    series.windows.some(([first, last]) => row >= first && row <= last);
  return alarms.filter((row) => row >= probation(series.rows) && !inside(row));
}

/** Figures that are less easy to game than the score. */
export interface AlarmFigures {
  readonly windows: number;
  /** Part of the windows with an alarm. */
  readonly recall: number;
  readonly falseAlarms: number;
  /** Alarms outside windows, for each day of a series. */
  readonly falsePerDay: number;
  /** Rows from the beginning of the window to its first alarm. */
  readonly medianDelay: number;
}

export function alarmFigures(runs: readonly NabRun[]): AlarmFigures {
  const delays = runs.flatMap((run) =>
    run.series.windows.flatMap((window) => {
      const first = hitsIn(run, window)[0];
      return first === undefined ? [] : [first - window[0]];
    }),
  );
  const windows = runs.reduce((sum, { series }) => sum + series.windows.length, 0);
  const days = runs.reduce((sum, { series }) => sum + scoredDays(series), 0);
  const falseAlarms = runs.reduce((sum, run) => sum + outside(run).length, 0);
  const sorted = delays.toSorted((a, b) => a - b);
  return {
    windows,
    recall: delays.length / windows,
    falseAlarms,
    falsePerDay: falseAlarms / days,
    medianDelay: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
  };
}

const scoredDays = ({ rows, cadence }: NabSeries): number =>
  ((rows - probation(rows)) * cadence) / 86_400;
