/** The mean of |value|, updated value by value. Plain data. */

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
