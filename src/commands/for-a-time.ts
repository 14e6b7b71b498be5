/** Parses the text of a command that lasts for a time: a duration, then the reason. */
import { parseDuration } from "../duration.ts";

export interface ForATime {
  /** The duration, ms; undefined where the text does not begin with one. */
  readonly forMs: number | undefined;
  readonly reason: string;
}

/** A beginning that may be a duration: `2h`, `1h 30m`, `2 days`. */
const duration = /^(?:\d+(?:\.\d+)? *[a-z]+(?![a-z]) *)+/i;

/** The longest beginning that parses is the duration; the rest is the reason. */
export function readForATime(text: string): ForATime {
  const [found = ""] = duration.exec(text) ?? [];
  const parts = found.trim().split(/ +/);
  for (let n = parts.length; n > 0; n -= 1) {
    const forMs = parseDuration(parts.slice(0, n).join(" ").toLowerCase());
    if (forMs === undefined) continue;
    const length = parts.slice(0, n).reduce((at, word) => text.indexOf(word, at) + word.length, 0);
    return { forMs, reason: text.slice(length).trim() };
  }
  return { forMs: undefined, reason: text.trim() };
}
