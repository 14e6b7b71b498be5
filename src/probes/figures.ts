/** Figures as findings say them: sizes, times, and text from outside. */
import { printable } from "../printable.ts";

/** `512 MiB`, `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const mib = bytes / 1024 / 1024;
  return mib < 1024
    ? `${Math.round(mib)} MiB`
    : `${(mib / 1024).toFixed(1).replace(/\.0$/, "")} GiB`;
}

/** `2026-11-27 02:14:33 UTC` @param ms since 1970 */
export function momentText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "an unknown time";
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `87 %` of a part 0..1. */
export const percentText = (part: number): string => `${Math.round(part * 1000) / 10} %`;

/** Text from outside, on one line and short. */
export function foreign(text: string, most = 60): string {
  const clean = printable(text.slice(0, 4 * most));
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}
