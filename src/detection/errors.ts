/** The errors that detection throws on purpose. Bad rows are counted, never thrown. */
import { DriftwardenError } from "../errors.ts";

export class DetectionError extends DriftwardenError<"DW_DETECTION_UNKNOWN_DETECTOR"> {}

/** Logged for rows that are left out; never thrown. */
export class RowsLeftOut extends DriftwardenError<
  | "DW_ROWS_TIME_INFINITE"
  | "DW_ROWS_FUTURE"
  | "DW_ROWS_LATE"
  | "DW_ROWS_SECOND_VALUE"
  | "DW_ROWS_TOO_MANY_MODELS"
  | "DW_ROWS_TOO_MANY_NEW_MODELS"
  | "DW_ROWS_TOO_MANY_FEATURES"
> {}
