/** A time that an operator types. Without a zone it would depend on the machine, so the zone is asked for. */
import { z } from "zod";
import { zonedTime } from "../zoned-time.ts";

/** The two ways to write a time. */
export const momentHint = "Write it as 2026-11-30T08:00Z, or as 2026-11-30T09:00+01:00.";

/** Its output is ms since 1970. */
export const moment = z.string().transform((text, context): number => {
  const atMs = zonedTime(text);
  if (atMs !== undefined) return atMs;
  const params = { hint: momentHint };
  context.addIssue({ code: "custom", message: "is no time with its zone", params });
  return z.NEVER;
});
