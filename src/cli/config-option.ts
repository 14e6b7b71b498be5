/** The option `--config`, with the places where the configuration is looked for without it. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";

/** Default: `$DRIFTWARDEN_CONFIG`, then the place of the package. So commands on tickets are printed without it. */
export function withConfigOption(command: Command): Command {
  return command.addOption(
    new Option("--config <file>", "the configuration").env(variable).default(packaged),
  );
}

const variable = "DRIFTWARDEN_CONFIG";
const packaged = "/etc/driftwarden/driftwarden.yaml";

/** The configuration at one of those places; undefined when there is none. */
export function configAtItsPlace(): string | undefined {
  return process.env[variable] ?? (existsSync(packaged) ? packaged : undefined);
}
