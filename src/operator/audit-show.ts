/** The command that shows who did what, on whose word and by which gates. */
import { z } from "zod";
import { parseDuration } from "../duration.ts";
import { type AuditedLine, auditedLines } from "../store/journal/audited.ts";
import type { Store } from "../store/store.ts";
import { zonedTime } from "../zoned-time.ts";
import { momentHint } from "./moment.ts";
import type { OperatorCommand } from "./operator-command.ts";

/** A time with its zone, or how long ago it was. */
const start = z.string().transform((text, context): { agoMs?: number; atMs?: number } => {
  const agoMs = parseDuration(text);
  if (agoMs !== undefined) return { agoMs };
  const atMs = zonedTime(text);
  if (atMs !== undefined) return { atMs };
  const params = { hint: `Say 24h for so long ago. ${momentHint}` };
  const message = "is no time with its zone, and no duration";
  context.addIssue({ code: "custom", message, params });
  return z.NEVER;
});

const asked = z.strictObject({ since: start, until: start.optional() });

export const auditShow: OperatorCommand<
  typeof asked,
  { readonly store: Store; readonly nowMs: number },
  AsyncGenerator<AuditedLine>
> = {
  words: "audit",
  help: "show who did what, on whose word and by which gates: every command, decision and act",
  arguments: asked,
  async handle({ since, until }, { store, nowMs }) {
    const msOf = ({ agoMs, atMs }: z.output<typeof start>): number => atMs ?? nowMs - (agoMs ?? 0);
    // The current millisecond is included.
    const untilMs = until === undefined ? nowMs + 1 : msOf(until);
    return auditedLines(store, { sinceMs: msOf(since), untilMs });
  },
};
