/** The errors of starting the Jira sandbox. */
import { DriftwardenError } from "../../errors.ts";

/** Not retryable: somebody else has the port. */
export class SandboxJiraError extends DriftwardenError<"DW_SANDBOX_PORT_TAKEN"> {}
