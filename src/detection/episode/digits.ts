/** Rounds numbers for people: to two digits, or to as many as show that a value lies outside its band. */

const fewest = 2;
const most = 16;

/** @example inDigits(0.0487) // 0.049 */
export function inDigits(value: number, digits = fewest): number {
  return Number(value.toPrecision(digits));
}

/** A value and its band. The value lies inside or outside the band. */
export interface Banded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** All three with as few digits as show on which side of the band the value lies. */
export function distinct({ value, low, high }: Banded, least = fewest): Banded {
  const side = sideOf({ value, low, high });
  for (let digits = least; digits < most; digits++) {
    const shown = {
      value: inDigits(value, digits),
      low: inDigits(low, digits),
      high: inDigits(high, digits),
    };
    if (sideOf(shown) === side) return shown;
  }
  return { value, low, high };
}

function sideOf({ value, low, high }: Banded): number {
  if (value < low) return -1;
  return value > high ? 1 : 0;
}

/** `+0.30 → −0.30` */
export function turnedFrom([before, after]: readonly [before: number, after: number]): string {
  return `${signed(before)} → ${signed(after)}`;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
