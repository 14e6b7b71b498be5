/**
 * `retention:`: how long the store keeps old rows. The minimum is long enough for replays, retries and people who look
 * back.
 */
import { z } from "zod";
import { days } from "./fields.ts";

export const retention = z.strictObject({
  decisions: days.prefault("90d"),
  outbox: days.prefault("30d"),
  journal: days.prefault("400d"),
});
