/** Columns of numbers that hold a time: seconds, milliseconds or microseconds since 1970. */

export const timeUnits = { seconds: 1_000_000, milliseconds: 1000, microseconds: 1 } as const;

export type TimeUnit = keyof typeof timeUnits;

/** The range of plausible times, microseconds since 1970. */
const plausible = { from: Date.UTC(1990, 0, 1) * 1000, until: Date.UTC(2100, 0, 1) * 1000 };

/** The unit in which a number is a time between 1990 and 2100; undefined if there is none. */
export function unitOf(value: number): TimeUnit | undefined {
  const units = ["seconds", "milliseconds", "microseconds"] as const;
  return units.find((unit) => {
    const us = value * timeUnits[unit];
    return us >= plausible.from && us < plausible.until;
  });
}
