/**
 * Denies a run when the fix has already acted on the target for this incident. Several members may match the same fix.
 */
import { allowed, denied, type Gate, timeText } from "./gate.ts";

/**
 * An act counts from the opening of the episode on: what was done before it did not help this one. After one that did not
 * help another may follow, and the cooldown says when.
 */
export const alreadyDone = {
  name: "already_done",
  needs: "history",
  judge: ({ episodeAtMs = Number.NEGATIVE_INFINITY, actsForIncident = [], askedAs }) => {
    if (askedAs !== undefined) return denied(`It is asked for already, as ${askedAs}.`);
    const act = actsForIncident.find(
      // Written so that a time that is not a number denies.
      ({ atMs, outcome }) => outcome !== "not_recovered" && !(atMs < episodeAtMs),
    );
    if (act === undefined) return allowed;
    return denied(`Already done for this incident, at ${timeText(act.atMs)}.`);
  },
} as const satisfies Gate;
