/** The command line as a whole: its commands, and the answer to a wrong one. */
import { Command, CommanderError } from "commander";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

/** Adds one command. */
export type Register = (program: Command) => void;

export interface ProgramOptions {
  readonly version: string;
  readonly cli: Cli;
  /** In the order in which help shows them. */
  readonly commands: readonly Register[];
}

/**
 * Runs the command that the arguments name.
 *
 * @param args without the program's own name
 * @throws CliError DW_CLI_USAGE when the arguments fit no command; whatever the command throws
 */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<void> {
  const program = createProgram(options);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version that were asked for are answered, not refused.
    if (error.exitCode === 0) return;
    throw usageError(error);
  }
}

function createProgram({ version, cli, commands }: ProgramOptions): Command {
  const program = new Command("driftwarden")
    .description("Watches what machine-learning models pay attention to.")
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.print(text.trimEnd()),
      writeErr: (text) => cli.say(text.trimEnd()),
      // The caller prints the error once, with its hint.
      outputError: () => undefined,
    });
  program.option("--help-all", "display help for every command").on("option:help-all", () => {
    cli.print(helpOfAll(program).join("\n"));
    throw new CommanderError(0, "driftwarden.helpAll", "help was asked for");
  });
  // Commands copy these settings when they are made, so they come last.
  for (const register of commands) register(program);
  program
    .command("version")
    .description("output the version number")
    .action(() => cli.print(version));
  return program;
}

/** The help of a command and of those below it. Each text begins with `Usage: `. */
function helpOfAll(command: Command): readonly string[] {
  return [command.helpInformation(), ...command.commands.flatMap(helpOfAll)];
}

function usageError(error: CommanderError): CliError {
  const bare = error.code === "commander.help" || error.code === "commander.helpDisplayed";
  const message = bare ? "no command is given" : error.message.replace(/^error: /, "");
  return new CliError("DW_CLI_USAGE", message, {
    hint: "driftwarden help lists the commands, driftwarden help COMMAND what one takes.",
  });
}
