/** Names and numbers as people read them: one line, sensible length, sensible digits. */
import { formatDuration, roughMs } from "../duration.ts";

/**
 * A text from data as one clean line, without control, invisible or unpaired characters. It has at most `max`
 * characters. A longer text is shortened in the middle, because names differ at both ends.
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

/** Three significant digits; from 100 on, a whole number. */
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

/** `31 min`, `2 h 4 min`: two units; without seconds from ten minutes on. */
export function readDuration(ms: number): string {
  const parts = formatDuration(roughMs(ms)).match(/[\d.]+[a-z]+/g) ?? [];
  const spaced = parts.map((part) => part.replace(/[a-z]+$/, (unit) => ` ${units[unit] ?? unit}`));
  return spaced.join(" ");
}

const units: Readonly<Record<string, string>> = { m: "min" };

/** `20:47`, UTC. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString().slice(11, 16);
}

/** `2026-11-26T20:47:00Z` */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "unknown" : date.toISOString().replace(/\.\d+/, "");
}

function trimZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
