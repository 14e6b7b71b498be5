/**
 * `retention:`: how long what happened is kept in the store. A replay, a retry and a look back must find what they are
 * about.
 */
import { z } from "zod";
import { days } from "./fields.ts";

export const retention = z.strictObject({
  decisions: days.prefault("90d"),
  outbox: days.prefault("30d"),
  journal: days.prefault("400d"),
});
