/**
 * Denies a run when the same was already done to the target for this incident. Several members may match the same fix, and
 * several fixes may do the same.
 */
import { allowed, denied, type Gate, timeText } from "./gate.ts";

/**
 * What a person asks for is denied only while it is not known what became of the act before: then they know more than
 * the fix does, and are asked again with what it did before.
 *
 * An act counts from the opening of the episode on: what was done before it did not help this one. After one that did not
 * help another may follow, and the cooldown says when.
 */
export const alreadyDone = {
  name: "already_done",
  needs: "history",
  judge: ({ episodeAtMs = Number.NEGATIVE_INFINITY, actsForIncident = [], askedAs, wished }) => {
    if (askedAs !== undefined) return denied(`It is asked for already, as ${askedAs}.`);
    const act = actsForIncident.find(
      // Written so that a time that is not a number denies.
      ({ atMs, outcome }) => counts(outcome, wished) && !(atMs < episodeAtMs),
    );
    if (act === undefined) return allowed;
    const since = wished === true ? " Whether it helped is not known yet." : "";
    return denied(`Already done for this incident, at ${timeText(act.atMs)}.${since}`);
  },
} as const satisfies Gate;

const counts = (outcome: string | null, wished = false): boolean =>
  wished ? outcome === null : outcome !== "not_recovered";
