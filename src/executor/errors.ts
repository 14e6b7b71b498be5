/** The errors that prevent an executor from starting. The errors in its answers: remediations/docker/errors.ts. */
import { DriftwardenError } from "../errors.ts";

export type ExecutorErrorCode = "DW_EXECUTOR_PEER" | "DW_EXECUTOR_LISTENING" | "DW_EXECUTOR_STATE";

const hints: Readonly<Record<ExecutorErrorCode, string>> = {
  DW_EXECUTOR_PEER:
    "Start it by driftwarden-executor.socket, which makes the socket for one user alone, or correct `peer:` and `socket:`.",
  DW_EXECUTOR_LISTENING: "Stop the other executor, or give this one another `socket:`.",
  DW_EXECUTOR_STATE:
    "Make its state directory a folder that only its user can write to. If a line of acts.jsonl is broken, see that no container was left stopped, then move the file away.",
};

export class ExecutorError extends DriftwardenError<ExecutorErrorCode> {
  constructor(code: ExecutorErrorCode, message: string, cause?: unknown) {
    super(code, message, { hint: hints[code], cause });
  }
}
