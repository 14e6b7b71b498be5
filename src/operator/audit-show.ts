/** The command that shows who did what, on whose word and by which gates. */
import { z } from "zod";
import { parseDuration } from "../duration.ts";
import { type AuditedLine, auditedLines } from "../store/journal/audited.ts";
import type { Store } from "../store/store.ts";
import { zonedTime } from "../zoned-time.ts";
import type { OperatorCommand } from "./operator-command.ts";

/** A time, or how long ago it was. Without a zone it is UTC. */
const moment = z.string().transform((text, context): { agoMs?: number; atMs?: number } => {
  const agoMs = parseDuration(text);
  if (agoMs !== undefined) return { agoMs };
  const atMs = zonedTime(text) ?? zonedTime(`${text}Z`) ?? zonedTime(`${text}T00:00Z`);
  if (atMs !== undefined) return { atMs };
  context.addIssue({
    code: "custom",
    message: "is no time",
    params: { hint: "Say 24h, or 2026-01-31T04:00Z." },
  });
  return z.NEVER;
});

const asked = z.strictObject({ since: moment, until: moment.optional() });

export const auditShow: OperatorCommand<
  typeof asked,
  { readonly store: Store; readonly nowMs: number },
  AsyncGenerator<AuditedLine>
> = {
  words: "audit",
  help: "show who did what, on whose word and by which gates: every command, decision and act",
  arguments: asked,
  async handle({ since, until }, { store, nowMs }) {
    const msOf = ({ agoMs, atMs }: z.output<typeof moment>): number => atMs ?? nowMs - (agoMs ?? 0);
    // The current millisecond is included.
    const untilMs = until === undefined ? nowMs + 1 : msOf(until);
    return auditedLines(store, { sinceMs: msOf(since), untilMs });
  },
};
