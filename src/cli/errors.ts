/** The errors of a wrong command line. */
import { DriftwardenError } from "../errors.ts";

/** The command line is wrong; exit code 2. */
export class CliError extends DriftwardenError<"DW_CLI_USAGE"> {}
