/** The errors of starting a Postgres of our own. */
import { DriftwardenError } from "../errors.ts";

type Code = "DW_SANDBOX_POSTGRES_MISSING" | "DW_SANDBOX_POSTGRES_FAILED";

/** Not retryable: the machine has to change first. */
export class SandboxPostgresError extends DriftwardenError<Code> {}
