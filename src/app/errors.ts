/** The errors of checking parts. */
import { DriftwardenError } from "../errors.ts";

/** A part that has not answered in time while it was looked at. */
export class CheckError extends DriftwardenError<"DW_CHECK_TIMEOUT"> {}
