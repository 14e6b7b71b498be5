/** Denies a run of a fix that did not help twice in a row, until a person approves it. */
import { openedBy } from "../../incidents/breaker.ts";
import { allowed, deniedForNow, type Gate, timeText } from "./gate.ts";

/** The gate `approval` checks whether the approval still fits. */
export const breaker = {
  name: "breaker",
  needs: "history",
  judge: ({ fix, judged = [], answered }) => {
    const runs = openedBy(judged);
    if (runs.length === 0 || answered?.approved === true) return allowed;
    const when = runs
      .toReversed()
      .map(({ atMs, target }) => `${timeText(atMs)} on ${target ?? "an unknown target"}`);
    return deniedForNow(
      `The last two runs of ${fix.name} did not help (${when.join(", ")}), so a person has to agree to the next.`,
      "word",
    );
  },
} as const satisfies Gate;
