/**
 * `incidents:`: which episodes share an incident, when it is over, how long it can be reopened, and how many tickets
 * there may be.
 */
import { z } from "zod";
import { duration, durationOrNone, ticketLimit, waiting } from "./fields.ts";

export const incidents = z.strictObject({
  group_within: durationOrNone.prefault("15m"),
  max_new_tickets: ticketLimit.prefault("20 per 1h"),
  resolve_after: duration.prefault("15m"),
  reopen_duration: duration.prefault("7d"),
  closed_by_hand_for: duration.prefault("4h"),
  ack_for: waiting.prefault("4h"),
});

/** Where there is no configuration. */
export const defaultIncidents = incidents.parse({});
