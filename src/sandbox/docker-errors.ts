/** The errors of starting a Docker engine of our own. */
import { DriftwardenError } from "../errors.ts";

type Code = "DW_SANDBOX_DOCKER_MISSING" | "DW_SANDBOX_DOCKER_FAILED";

/** Not retryable: the machine has to change first. */
export class SandboxDockerError extends DriftwardenError<Code> {}
