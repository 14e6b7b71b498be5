/** Compares this machine's clock with the clock of another machine, for `driftwarden doctor`. Pure. */
import { formatDuration } from "./duration.ts";
import { type CheckFinding, doubtful, fine, wrong } from "./finding.ts";

/** A request for the time of another machine. Times are ms since 1970. */
export interface OtherClock {
  /** By this machine's clock. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** By the other clock, at some moment between request and answer. */
  readonly theirsMs: number;
}

const doubtfulMs = 2_000;
/** People compare times to the minute. */
const wrongMs = 60_000;

/**
 * The least difference of the clocks that the answer proves, however long the request and the answer were on the way.
 *
 * @returns ms; positive if this machine is ahead, negative if it is behind, 0 if the clocks may agree
 */
export function certainDifferenceMs({ askedMs, answeredMs, theirsMs }: OtherClock): number {
  const middle = (askedMs + answeredMs) / 2 - theirsMs;
  const way = Math.abs(answeredMs - askedMs) / 2;
  return Math.sign(middle) * Math.max(0, Math.abs(middle) - way);
}

/**
 * @param whose for people, such as `the store's`
 * @param ask who keeps the other clock
 */
export function clockFinding(
  reading: OtherClock,
  { whose, ask }: { readonly whose: string; readonly ask: string },
): CheckFinding {
  const differenceMs = certainDifferenceMs(reading);
  const offMs = Math.abs(differenceMs);
  if (!(offMs >= doubtfulMs)) return fine("clock", `the clock agrees with ${whose}`);
  const direction = differenceMs > 0 ? "ahead of" : "behind";
  const text = {
    message: `this machine's clock is ${formatDuration(offMs)} ${direction} ${whose}`,
    hint: "Synchronise both clocks (NTP). Budgets and cooldowns go by the store's clock, rows by the source's.",
    ask: `root on this machine, and ${ask}`,
  };
  return offMs >= wrongMs
    ? wrong("clock", { ...text, code: "DW_MACHINE_CLOCK" })
    : doubtful("clock", text);
}
