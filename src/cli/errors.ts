/** What can be wrong with a command line. */
import { DriftwardenError } from "../errors.ts";

/** The command line is wrong, or names a file that cannot be read; exit code 2. */
export class CliError extends DriftwardenError<"DW_CLI_USAGE" | "DW_CLI_FILE"> {}
