/** The errors of starting a Docker engine, or an executor, of our own. */
import { DriftwardenError } from "../errors.ts";

type Code = "DW_SANDBOX_DOCKER_MISSING" | "DW_SANDBOX_DOCKER_FAILED" | "DW_SANDBOX_EXECUTOR_FAILED";

/** Not retryable: the machine has to change first. */
export class SandboxDockerError extends DriftwardenError<Code> {}
