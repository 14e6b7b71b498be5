/** The round times below a chart. */

export interface TimeTick {
  /** Microseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

const minuteUs = 60_000_000;
const dayUs = 1440 * minuteUs;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440].map((n) => n * minuteUs);
const mostTicks = 8;

/** @returns at most nine; times of day, or days where the range is longer than four days */
export function timeTicks(from: number, to: number): readonly TimeTick[] {
  const span = to - from;
  const days = Math.max(1, Math.ceil(span / dayUs / mostTicks)) * dayUs;
  const step = steps.find((one) => span / one <= mostTicks) ?? days;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, i) => {
    const at = first + i * step;
    const iso = new Date(at / 1000).toISOString();
    return { at, text: step < dayUs ? iso.slice(11, 16) : iso.slice(5, 10) };
  });
}
