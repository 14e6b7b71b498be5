/** Denies a run within a maintenance window of the configuration that matches the fix. */
import { offsetMs } from "../../wall-clock.ts";
import { freeAfter, heldBy } from "../maintenance.ts";
import { allowed, deniedForNow, type Gate, timeText } from "./gate.ts";

export const maintenance = {
  name: "maintenance",
  needs: "nothing",
  judge: ({ nowMs, maintenance: windows = [] }) => {
    const held = heldBy(windows, nowMs);
    if (held === undefined) return allowed;
    const { name, timeZone, untilMs } = held;
    return deniedForNow(
      `The maintenance "${name}" forbids runs until ${timeText(untilMs)}, ${shown(untilMs, timeZone)} in ${timeZone}.`,
      freeAfter(windows, nowMs) ?? "later",
    );
  },
} as const satisfies Gate;

/** `06:00`, as the wall clocks there show it. */
const shown = (atMs: number, timeZone: string): string =>
  new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(11, 16);
