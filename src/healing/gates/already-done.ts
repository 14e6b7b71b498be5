/**
 * Denies a run when the same act was already done to the target for this incident, or is already proposed. Several
 * members may match the same fix, and several fixes may have the same act.
 */
import { allowed, denied, type Gate, timeText } from "./gate.ts";

/**
 * A wish is denied only while the outcome of the earlier act is unknown. After that the person may know more than the
 * fix, and the proposal shows the earlier acts.
 *
 * Only acts since the opening of the episode count. After an act that did not help, another one may follow once the
 * cooldown is over.
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
