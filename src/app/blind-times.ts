/** Notes in the journal that nobody saw what the models did for a time. */
import { type BlindTime, noteBlind } from "../store/month/blind.ts";
import type { StoredParts } from "./parts.ts";

/** Nobody waits for it. A time that cannot be noted is logged, and a report lacks it. */
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
