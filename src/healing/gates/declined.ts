/**
 * Denies a run for a time after a person declined the same fix on the same target, unless the severity is higher now.
 */
import { allowed, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

export const declined = {
  name: "declined",
  needs: "history",
  judge: ({ nowMs, fix, severity, lastNo }) => {
    if (lastNo === undefined) return allowed;
    const forMs = fix.denyForMs ?? 0;
    if (elapsedMs(nowMs, lastNo.atMs) > forMs) return allowed;
    // "P0" < "P1": a run is proposed again once the severity is higher than when the person declined.
    if (severity !== undefined && severity < lastNo.severity) return allowed;
    const untilMs = lastNo.atMs + forMs;
    return deniedForNow(
      `A person said no to it at ${timeText(lastNo.atMs)}. It is not asked again before ${timeText(untilMs)}, unless the severity rises above ${lastNo.severity}.`,
      untilMs + 1,
    );
  },
} as const satisfies Gate;
