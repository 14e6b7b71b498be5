/** The option `--config`, with the places where the configuration is looked for without it. */
import { type Command, Option } from "commander";

/** `$DRIFTWARDEN_CONFIG`, then the place of the package: what a ticket prints works as it is printed. */
export function withConfigOption(command: Command): Command {
  return command.addOption(
    new Option("--config <file>", "the configuration")
      .env("DRIFTWARDEN_CONFIG")
      .default("/etc/driftwarden/driftwarden.yaml"),
  );
}
