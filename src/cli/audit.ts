/** `driftwarden audit verify|accept`: checks that nobody changed the journal, or a row that it seals. */

import type { Command } from "commander";
import { systemClock } from "../clock.ts";
import { auditAccept } from "../operator/audit-accept.ts";
import { auditVerify } from "../operator/audit-verify.ts";
import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import type { JournalVerdict } from "../store/journal/verify.ts";
import { ask } from "./ask.ts";
import { withConfigOption } from "./config-option.ts";
import { type StoreCommandParts, withStore } from "./store-command.ts";

interface AuditOptions {
  readonly config: string;
  readonly json?: boolean;
}

/** Exit code 1 when the chain of hashes is broken, or a row is not as it was sealed. */
export function registerAudit(program: Command, parts: StoreCommandParts): void {
  const audit = program
    .command("audit")
    .description("look after the journal of every event, decision, denial and act");
  withConfigOption(audit.command("verify"))
    .description(`${auditVerify.help}; exit code 1 when a row was changed`)
    .option("--json", "one JSON line")
    .action(({ config, json }: AuditOptions) =>
      withStore(config, parts, async (store) => {
        const verdict = await ask(auditVerify, {}, { store });
        parts.cli.print(json === true ? JSON.stringify(verdict) : verdictSentence(verdict));
        if (!verdict.ok) parts.cli.exitWith(1);
      }),
    );
  withConfigOption(audit.command("accept"))
    .description(auditAccept.help)
    .option("--json", "one JSON line")
    .action(({ config, json }: AuditOptions) =>
      withStore(config, parts, async (store) => {
        const accepted = await ask(auditAccept, {}, { store, clock: systemClock });
        const rows = Object.entries(accepted).map(([table, count]) => `${count} of ${table}`);
        const text = `sealed as they are, and the journal says so: ${rows.join(", ")}`;
        parts.cli.print(json === true ? JSON.stringify(accepted) : text);
      }),
    );
}

function verdictSentence(verdict: JournalVerdict): string {
  if (verdict.ok) return `the journal is as it was written: ${counted(verdict.rows, "row")}`;
  const { reason } = verdict;
  return "seq" in verdict
    ? `the journal is broken at row ${verdict.seq}: ${reason}`
    : `${verdict.table} ${printable(verdict.key)} is not as it was sealed: ${reason}`;
}
