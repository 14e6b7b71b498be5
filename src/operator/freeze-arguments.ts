/** What the operator says of a freeze on the command line, and what can be refused before the store is asked. */
import { z } from "zod";
import { parseDuration } from "../duration.ts";
import { openedKinds, severities } from "../incidents/episode.ts";
import { freezeTextProblem } from "../incidents/freeze.ts";
import { moment } from "./moment.ts";

const lasting = z
  .string()
  .refine((text) => parseDuration(text.toLowerCase()) !== undefined, {
    error: "is no duration",
    params: { hint: "Write it as 2h, 90m or 3d; 7d at most." },
  })
  .transform((text) => parseDuration(text.toLowerCase()) ?? 0);

/** A value of an option that cannot be left empty. */
export const notEmpty = z.string().min(1, { error: "needs a value that is not empty" });

const names = z.array(notEmpty).optional();

const given = z.strictObject({
  /** When it is left out, the freezes in force and the planned ones are listed. */
  name: z.string().optional(),
  from: moment.optional(),
  until: moment.optional(),
  for: lasting.optional(),
  reason: z.string().optional(),
  as: notEmpty.default("operator"),
  model: names,
  feature: names,
  /** Only known kinds: a freeze for a misspelt one would match nothing, and nobody would notice. */
  kind: z.array(z.enum(openedKinds)).optional(),
  severity: z.array(z.enum(severities)).optional(),
  service: names,
});

const hint =
  'driftwarden freeze "black friday" --until 2026-11-30T08:00Z --reason "code freeze", or --for 2h.';

/** A problem of several arguments together is a whole sentence. */
export const freezeArguments = given.superRefine((asked, context) => {
  const message = problemOf(asked);
  if (message !== undefined) context.addIssue({ code: "custom", message, params: { hint } });
});

function problemOf(asked: z.output<typeof given>): string | undefined {
  const { name, as: _, ...about } = asked;
  if (name === undefined)
    return Object.values(about).every((value) => value === undefined)
      ? undefined
      : "The name of the freeze is missing, and without one no freeze is declared.";
  if ((asked.until === undefined) === (asked.for === undefined))
    return "Every freeze ends: give it either --for 2h or --until 2026-11-30T08:00Z.";
  return freezeTextProblem({ name, reason: about.reason ?? "" });
}
