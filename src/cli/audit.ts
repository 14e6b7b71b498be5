/** `driftwarden audit verify`: checks that nobody changed the journal. */
import type { Command } from "commander";
import { auditVerify } from "../commands/audit-verify.ts";
import { ask } from "./ask.ts";
import { type StoreCommandParts, withStore } from "./store-command.ts";

/** Exit code 1 when the chain of hashes is broken. */
export function registerAudit(program: Command, parts: StoreCommandParts): void {
  program
    .command("audit")
    .description("look after the journal of every event, decision, denial and act")
    .command("verify")
    .description(`${auditVerify.help}; exit code 1 when a row was changed`)
    .requiredOption("--config <file>", "the configuration")
    .option("--json", "one JSON line")
    .action((options: { readonly config: string; readonly json?: boolean }) =>
      withStore(options.config, parts, async (store) => {
        const verdict = await ask(auditVerify, {}, { store });
        const said = verdict.ok
          ? `the journal is as it was written: ${verdict.rows} rows`
          : `the journal is broken at row ${verdict.seq}: ${verdict.reason}`;
        parts.cli.print(options.json === true ? JSON.stringify(verdict) : said);
        if (!verdict.ok) parts.cli.exitWith(1);
      }),
    );
}
