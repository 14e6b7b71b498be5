/**
 * Begins or ends a freeze: writes its row and its seal. The end makes the retries of frozen runs due at once.
 *
 * Call it with the lock of budgets, taken before any other. A decision about a run holds the same lock. So the decision
 * reads every freeze that was committed before it.
 */
import type { Freeze } from "../../incidents/freeze.ts";
import { appendJournal } from "../journal/append.ts";
import { sealRows } from "../journal/seal-rows.ts";
import type { Tx } from "../query.ts";
import { endFreeze, insertFreeze } from "./freeze.ts";
import { wakeFrozen } from "./wake.ts";

export type FreezeChange =
  | { readonly kind: "freeze"; readonly freeze: Freeze }
  | {
      readonly kind: "unfreeze";
      readonly freeze: Freeze;
      readonly by: string;
      readonly atMs: number;
    };

/** The head of the journal is locked last. */
export async function changeFreezes(tx: Tx, change: FreezeChange): Promise<void> {
  const { freeze } = change;
  const atMs = change.kind === "freeze" ? freeze.declaredAtMs : change.atMs;
  if (change.kind === "freeze") await insertFreeze(tx, freeze);
  else {
    await endFreeze(tx, { id: freeze.id, atMs, by: change.by });
    await wakeFrozen(tx, atMs);
  }
  const { id, name, atMs: fromMs, untilMs } = freeze;
  const by = change.kind === "freeze" ? freeze.by : change.by;
  const body = { freeze: id, name, by, from_ms: fromMs, until_ms: untilMs };
  const said = { kind: change.kind, atMs, body };
  await appendJournal(tx, [said, ...(await sealRows(tx, { freezes: [id] }, atMs))]);
}
