/** The errors of a file of rows. */
import { DriftwardenError } from "../errors.ts";

/** A file that cannot be read or written, or whose content is not what its columns ask for; exit code 2. */
export class FileError extends DriftwardenError<"DW_CLI_FILE"> {}
