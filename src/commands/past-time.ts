/** Reads a past time as a person types it, in the person's time zone. */

import { offsetMs } from "../wall-clock.ts";

export interface TimeReading {
  readonly nowMs: number;
  /** An IANA name. */
  readonly timeZone: string;
}

const dayMs = 86_400_000;
const form =
  /^(?:(\d{4}-\d{2}-\d{2})[T ])?([01]?\d|2[0-3]):([0-5]\d)(?::\d{2})? ?(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * `01:40` is the most recent 01:40 in the time zone. A date sets the day. `Z`, `UTC` or an offset replaces the time
 * zone.
 *
 * @returns ms since 1970; undefined when it cannot be read, or lies in the future
 */
export function pastTime(text: string, { nowMs, timeZone }: TimeReading): number | undefined {
  const [, date, hour = "", minute = "", zone] = form.exec(text.trim()) ?? [];
  if (hour === "") return undefined;
  const offsetOf = (atMs: number): number =>
    zone === undefined ? offsetMs(atMs, timeZone) : fixedMs(zone);
  const day = date ?? new Date(nowMs + offsetOf(nowMs)).toISOString().slice(0, 10);
  const wallMs = Date.parse(`${day}T${hour.padStart(2, "0")}:${minute}:00Z`);
  if (Number.isNaN(wallMs)) return undefined;
  const at = (wall: number): number => wall - offsetOf(wall - offsetOf(wall));
  if (at(wallMs) <= nowMs) return at(wallMs);
  // The day before may be an hour shorter or longer.
  return date === undefined ? at(wallMs - dayMs) : undefined;
}

/** `+02:00` in ms. */
function fixedMs(zone: string): number {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? -ms : ms;
}
