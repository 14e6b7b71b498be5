/** The errors of the command line. */
import { DriftwardenError } from "../errors.ts";

/** The command line is wrong, or what it names holds nothing to work on; exit code 2. */
export class CliError extends DriftwardenError<
  "DW_CLI_USAGE" | "DW_CLI_NOTHING_TO_JUDGE" | "DW_CLI_NO_TABLE"
> {}
