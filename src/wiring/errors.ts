/** What is told about rows that detection leaves out; nothing of it is ever thrown. */
import { DriftwardenError } from "../errors.ts";

export class RowsLeftOut extends DriftwardenError<
  | "DW_ROWS_TIME_INFINITE"
  | "DW_ROWS_FUTURE"
  | "DW_ROWS_LATE"
  | "DW_ROWS_SECOND_VALUE"
  | "DW_ROWS_TOO_MANY_MODELS"
  | "DW_ROWS_TOO_MANY_FEATURES"
> {}
