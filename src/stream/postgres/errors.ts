/** The errors of the stream in the store. */
import { DriftwardenError } from "../../errors.ts";

/** Thrown by this folder; everything else comes from the store. */
export class PostgresLogError extends DriftwardenError<"DW_STREAM_PARTITIONS" | "DW_STREAM_GONE"> {}
