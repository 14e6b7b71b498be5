/** `retention:`: how long what happened is kept in the store. */
import { z } from "zod";
import { duration } from "./fields.ts";

const dayMs = 86_400_000;

/** A replay, a retry and a look back must find what they are about. */
const kept = duration.refine((ms) => ms >= dayMs, { error: "is less than 1d" });

export const retention = z.strictObject({
  decisions: kept.prefault("90d"),
  outbox: kept.prefault("30d"),
  journal: kept.prefault("400d"),
});
