/** The errors of the stream in the store. */
import { DriftwardenError } from "../../errors.ts";

/** The errors that this folder itself throws. It also passes on errors of the store. */
export class PostgresLogError extends DriftwardenError<"DW_STREAM_PARTITIONS" | "DW_STREAM_GONE"> {}
