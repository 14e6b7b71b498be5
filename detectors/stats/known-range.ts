/** The range that a view of a series has shown so far, with the mean and the deviation of the view. */

/** Places of a view's numbers. */
export const SMOOTH = 0;
export const LOW = 1;
export const HIGH = 2;
export const MEAN = 3;
export const DEVIATION = 4;
export const VIEW = 5;

/** A range widens by half of the excess of a value, and shrinks by a twenty-thousandth of its width a row. */
const WIDEN = 0.5;
const FORGET = 5e-5;
const MEAN_RATE = 0.001;
/** The row at which ranges start again: the first rows have no hourly habit. */
const BEGINS = 5;

interface NextValue {
  readonly y: number;
  /** Rows before it. */
  readonly rows: number;
  /** Whether the view is judged. */
  readonly warm: boolean;
}

/** Shrinks the range a little, then widens it by half of the value's excess; by all of it before the view is judged. */
export function widenRange(floats: Float32Array, v: number, { y, rows, warm }: NextValue): void {
  floats[v + SMOOTH] = y;
  const rate = Math.max(MEAN_RATE, 1 / (rows + 1));
  floats[v + MEAN]! += (y - floats[v + MEAN]!) * rate;
  const mean = floats[v + MEAN]!;
  const variance = floats[v + DEVIATION]! ** 2;
  floats[v + DEVIATION] = Math.sqrt(variance + ((y - mean) ** 2 - variance) * rate);
  if (rows === 0 || rows === BEGINS) {
    floats[v + LOW] = y;
    floats[v + HIGH] = y;
  }
  if (rows > BEGINS) {
    floats[v + HIGH]! -= (floats[v + HIGH]! - mean) * FORGET;
    floats[v + LOW]! += (mean - floats[v + LOW]!) * FORGET;
  }
  const part = warm ? WIDEN : 1;
  if (y > floats[v + HIGH]!) floats[v + HIGH]! += (y - floats[v + HIGH]!) * part;
  else if (y < floats[v + LOW]!) floats[v + LOW]! += (y - floats[v + LOW]!) * part;
}
