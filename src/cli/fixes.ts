/** `driftwarden fixes`: asks for a run of a configured fix. The daemon decides, and its gates. */
import type { Command } from "commander";
import { withConfigOption } from "./config-option.ts";
import { type DoParts, type SayOptions, sayTo } from "./do.ts";
import { CliError } from "./errors.ts";

interface RunOptions extends SayOptions {
  readonly incident?: string;
  readonly dryRun?: boolean;
}

export function registerFixes(program: Command, parts: DoParts): void {
  const fixes = program.command("fixes").description("ask for runs of the configured fixes");
  withConfigOption(fixes.command("run <fix>"))
    .description("ask for a run: the daemon looks at the target and asks for a yes, with the facts")
    .option(
      "--incident <number>",
      "the incident that it is for; default: the one that calls for it",
    )
    .option("--dry-run", "only say what would be done, and what every gate says")
    .option("--as <name>", "say it as this person of the configuration; default: as the operator")
    .option("--json", "one JSON line")
    .action((fix: string, options: RunOptions) => run(fix, options, parts));
}

function run(fix: string, options: RunOptions, parts: DoParts): Promise<void> {
  if (!/^[^\s\p{Cc}]+$/u.test(fix))
    throw new CliError("DW_CLI_USAGE", "the name of a fix is one word", {
      hint: "The configuration names the fixes: driftwarden check.",
    });
  const said = `restart ${fix}${options.dryRun === true ? " dry-run" : ""}`;
  return sayTo({ number: options.incident, said }, options, parts);
}
