/**
 * The distance between a value and the expected one, on a scale that is linear near zero and a square root far above.
 *
 * The noise of a sum over rows, such as an importance, grows with its level. On this scale a rise and a fall that are
 * equally likely are equally far. At the expected value the distance has the unit of the value.
 */

/** A step below this part of the value's size counts as linear, since roots would lose its digits. */
const tiny = 1e-6;

/**
 * (g(value) − g(expected)) / g′(expected) with g(x) = sign(x)·(√(|x| + linearThreshold) − √linearThreshold).
 *
 * @param linearThreshold > 0; far above all values it leaves their difference as it is
 */
export function sqrtResidual(value: number, expected: number, linearThreshold: number): number {
  const size = expected < 0 ? -expected : expected;
  // Both signs are turned where the expected value is negative.
  const towards = expected < 0 ? -value : value;
  const unit = size + linearThreshold;
  const off = towards - size;
  // One comparison: its result cannot be predicted.
  if (Math.abs(off) < tiny * unit) return value - expected;
  const distance =
    towards >= 0
      ? 2 * (Math.sqrt(unit * (unit + off)) - unit)
      : acrossZero(towards, size, linearThreshold);
  return expected < 0 ? -distance : distance;
}

function acrossZero(value: number, size: number, linearThreshold: number): number {
  const root = Math.sqrt(linearThreshold);
  const unit = Math.sqrt(size + linearThreshold);
  const beyond = -value / (Math.sqrt(linearThreshold - value) + root);
  return -2 * unit * (size / (unit + root) + beyond);
}

/** The value at that distance from the expected one: the inverse of {@link sqrtResidual}. */
export function atSqrtResidual(
  distance: number,
  expected: number,
  linearThreshold: number,
): number {
  const sign = expected < 0 ? -1 : 1;
  const size = Math.abs(expected);
  const unit = Math.sqrt(size + linearThreshold);
  const root = Math.sqrt(linearThreshold);
  const step = (sign * distance) / (2 * unit);
  const beyond = -step - size / (unit + root);
  const value = beyond > 0 ? -beyond * (2 * root + beyond) : size + step * (2 * unit + step);
  return sign * value;
}
