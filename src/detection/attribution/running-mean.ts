/** The mean of |value|, updated value by value. Plain data. */
import type { Row } from "../../stream/record.ts";

export interface RunningMean {
  mean: number;
  /** Finite values so far; 0 while every value was bad. */
  count: number;
}

export const noValues = (): RunningMean => ({ mean: 0, count: 0 });

/**
 * Adds one value. NaN and infinite ones are bad, and do not take part.
 *
 *     mean += (|value| − mean) / count
 *
 * Equal values give exactly that value, so a frozen exporter is recognised. No sum can overflow.
 */
export function addTo(running: RunningMean, value: number): void {
  if (!Number.isFinite(value)) return;
  running.count++;
  running.mean += (Math.abs(value) - running.mean) / running.count;
}

/** NaN if every value was bad. */
export const meanOf = ({ mean, count }: RunningMean): number => (count === 0 ? Number.NaN : mean);

/**
 * The means of |importance| in each window of row time, oldest first, each with the start of its window as its time.
 *
 * @param sorted by time
 */
export function meansOver(
  sorted: readonly Row[],
  windowUs: number,
): readonly { readonly at: number; readonly values: ReadonlyMap<string, number> }[] {
  const windows = new Map<number, Map<string, RunningMean>>();
  for (const { ts, feature, importance } of sorted) {
    const at = Math.floor(ts / windowUs) * windowUs;
    const means = windows.get(at) ?? new Map<string, RunningMean>();
    const running = means.get(feature) ?? noValues();
    addTo(running, importance);
    windows.set(at, means.set(feature, running));
  }
  return [...windows].map(([at, means]) => ({
    at,
    values: new Map([...means].map(([feature, running]) => [feature, meanOf(running)])),
  }));
}
