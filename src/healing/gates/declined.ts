/** Denies a run for a time after a person said no to the same fix on the same target, unless it is worse now. */
import { allowed, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

export const declined = {
  name: "declined",
  needs: "history",
  judge: ({ nowMs, fix, severity, lastNo }) => {
    if (lastNo === undefined) return allowed;
    const forMs = fix.denyForMs ?? 0;
    if (elapsedMs(nowMs, lastNo.atMs) > forMs) return allowed;
    // "P0" < "P1": a run is proposed again once the severity is higher than at the no.
    if (severity !== undefined && severity < lastNo.severity) return allowed;
    const untilMs = lastNo.atMs + forMs;
    return deniedForNow(
      `A person said no to it at ${timeText(lastNo.atMs)}. It is not asked again before ${timeText(untilMs)}, unless the severity rises above ${lastNo.severity}.`,
      untilMs + 1,
    );
  },
} as const satisfies Gate;
