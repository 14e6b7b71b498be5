/** `incidents:`: when an incident is over, and until when it is the same one again. */
import { z } from "zod";
import { duration } from "./fields.ts";

export const incidents = z.strictObject({
  resolve_after: duration.prefault("15m"),
  reopen_duration: duration.prefault("7d"),
  closed_by_hand_for: duration.prefault("4h"),
});

/** Where there is no configuration. */
export const defaultIncidents = incidents.parse({});
