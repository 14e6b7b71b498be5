/** Records in the journal a time in which Driftwarden did not watch the models. */
import { type BlindTime, noteBlind } from "../store/month/blind.ts";
import type { StoredParts } from "./parts.ts";

/** Works in the background. A time that cannot be recorded is logged, and a report lacks it. */
export function noteBlindTime(
  { store, logger }: Pick<StoredParts, "store" | "logger">,
  time: BlindTime,
): void {
  store
    .transaction((tx) => noteBlind(tx, time))
    .catch((error: unknown) => {
      const { what, fromMs, untilMs } = time;
      logger.warn({ err: error, what, fromMs, untilMs }, "a blind time was not noted");
    });
}
