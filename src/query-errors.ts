/** The error of a request of the HTTP API whose query or body cannot be read. */
import { DriftwardenError } from "./errors.ts";

/** Answered with 400. */
export class QueryError extends DriftwardenError<"DW_HTTP_QUERY"> {
  constructor(parameter: string, hint: string) {
    super("DW_HTTP_QUERY", `the parameter ${parameter.slice(0, 80)} cannot be read`, { hint });
  }
}
