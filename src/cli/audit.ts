/**
 * `driftwarden audit`: shows who did what. `verify` checks that nobody changed the journal or a row that it seals;
 * `accept` seals the rows as they are now.
 */

import type { Command } from "commander";
import { systemClock } from "../clock.ts";
import { auditAccept } from "../operator/audit-accept.ts";
import { auditShow } from "../operator/audit-show.ts";
import { auditVerify } from "../operator/audit-verify.ts";
import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import type { JournalVerdict } from "../store/journal/verify.ts";
import { argumentsOf, ask } from "./ask.ts";
import { auditJson, auditText } from "./audit-text.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";
import { readingStore, type StoreCommandParts, withStore } from "./store-command.ts";

interface AuditOptions {
  readonly config: string;
  readonly json?: boolean;
}

/** `verify` ends with code 1 when the chain of hashes is broken, or a row is not as it was sealed. */
export function registerAudit(program: Command, parts: StoreCommandParts): void {
  const audit = program
    .command("audit")
    .description("show who did what, and look after the journal of every event, decision and act");
  // The default command, so `audit --since 24h` shows. Options behind `verify` and `accept` belong to those.
  withConfigOption(audit.command("show", { isDefault: true }))
    .description(auditShow.help)
    .option("--since <time>", "from this time on, or so long ago: 2026-01-31T04:00Z, 24h")
    .option("--until <time>", "up to this time; default: now")
    .option("--json", "JSON lines")
    .action((options: ShowOptions) => show(options, parts));
  withConfigOption(audit.command("verify"))
    .description(`${auditVerify.help}; exit code 1 when a row was changed`)
    .option("--json", "one JSON line")
    .action(({ config, json }: AuditOptions) =>
      readingStore(config, parts, async (store) => {
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

interface ShowOptions extends AuditOptions {
  readonly since?: string;
  readonly until?: string;
}

function show({ config: file, json, since, until }: ShowOptions, parts: StoreCommandParts) {
  if (since === undefined)
    throw new CliError("DW_CLI_USAGE", "--since is missing", {
      hint: "Say --since 24h for the last day, or --since 2026-01-31T04:00Z.",
    });
  const { cli } = parts;
  const asked = argumentsOf(auditShow, { since, until });
  return readingStore(file, parts, async (store, { people }) => {
    const names = new Map(
      Object.entries(people).flatMap(([name, { jira }]) => (jira ? [[jira, name] as const] : [])),
    );
    const nowMs = systemClock.now();
    let isEmpty = true;
    for await (const line of await auditShow.handle(asked, { store, nowMs })) {
      isEmpty = false;
      cli.print(
        json === true ? JSON.stringify(auditJson(line, names)) : printable(auditText(line, names)),
      );
    }
    const to = until === undefined ? "" : ` and before ${until}`;
    if (isEmpty)
      cli.say(`Nothing happened since ${since}${to}: no command, decision, act or freeze.`);
  });
}

function verdictSentence(verdict: JournalVerdict): string {
  if (verdict.ok) return `the journal is as it was written: ${counted(verdict.rows, "row")}`;
  const { reason } = verdict;
  return "seq" in verdict
    ? `the journal is broken at row ${verdict.seq}: ${reason}`
    : `${verdict.table} ${printable(verdict.key)} is not as it was sealed: ${reason}`;
}
