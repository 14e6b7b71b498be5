/** Names and numbers as people read them: one line, sensible length, sensible digits. */

/**
 * Anything from data as one clean line: no control, invisible or unpaired characters, at most `max` characters, cut in
 * the middle because names differ at both ends.
 *
 * @param max ≥ 8
 */
export function oneLine(text: string, max: number): string {
  const clean = text
    .slice(0, 20_000)
    .replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, "")
    .trim();
  const letters = Array.from(clean);
  if (letters.length <= max) return clean;
  const head = Math.ceil((max - 1) * 0.6);
  return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (max - 1 - head)).join("")}`;
}

/** How many characters people see, as {@link oneLine} counts them. */
export const lengthOf = (text: string): number => Array.from(text).length;

/**
 * A share as a percentage; a number that cannot be a share as it is.
 * @example readShare(0.3124) // "31.2 %"
 */
export function readShare(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "absent";
  if (Math.abs(value) > 1) return readNumber(value);
  const percent = Math.abs(value) * 100;
  const sign = value < 0 ? "-" : "";
  if (percent === 0) return "0 %";
  if (percent < 0.01) return `${sign}<0.01 %`;
  return `${sign}${trimZeros(percent.toFixed(percent < 1 ? 2 : 1))} %`;
}

/** Three digits where they matter. */
export function readNumber(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(2);
  if (size >= 100) return Math.round(value).toLocaleString("en-US");
  return trimZeros(value.toPrecision(3));
}

/** @param ms milliseconds since 1970 */
export function readTime(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "an unknown time";
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function trimZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
