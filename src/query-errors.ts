/** The error of a query of the HTTP API that cannot be understood. */
import { DriftwardenError } from "./errors.ts";

/** A query that means nothing; answered with 400. */
export class QueryError extends DriftwardenError<"DW_HTTP_QUERY"> {
  constructor(parameter: string, hint: string) {
    super("DW_HTTP_QUERY", `the parameter ${parameter.slice(0, 80)} cannot be read`, { hint });
  }
}
