/** What the operator says of a freeze on the command line. */
import { z } from "zod";
import { parseDuration } from "../duration.ts";
import { incidentKinds, severities } from "../incidents/episode.ts";
import { zonedTime } from "../zoned-time.ts";

const end = z
  .string()
  .refine((text) => zonedTime(text) !== undefined, {
    error: "is no time with its zone",
    params: { hint: "Write it as 2026-11-30T08:00Z, or as 2026-11-30T09:00+01:00." },
  })
  .transform((text) => zonedTime(text) ?? 0);

const lasting = z
  .string()
  .refine((text) => parseDuration(text.toLowerCase()) !== undefined, {
    error: "is no duration",
    params: { hint: "Write it as 2h, 90m or 3d; 7d at most." },
  })
  .transform((text) => parseDuration(text.toLowerCase()) ?? 0);

const names = z.array(z.string().min(1)).optional();

export const freezeArguments = z.strictObject({
  /** When it is left out, the freezes in force are listed. */
  name: z.string().optional(),
  until: end.optional(),
  for: lasting.optional(),
  reason: z.string().optional(),
  as: z.string().min(1).default("operator"),
  model: names,
  feature: names,
  /** Only known kinds: a freeze for a misspelt one would match nothing, and nobody would notice. */
  kind: z.array(z.enum(incidentKinds)).optional(),
  severity: z.array(z.enum(severities)).optional(),
  service: names,
});
