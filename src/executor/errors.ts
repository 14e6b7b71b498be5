/** The errors that prevent an executor from starting. The errors in its answers: remediations/docker/errors.ts. */
import { DriftwardenError } from "../errors.ts";

export type ExecutorErrorCode =
  | "DW_EXECUTOR_PEER"
  | "DW_EXECUTOR_LISTENING"
  | "DW_EXECUTOR_LOCKED"
  | "DW_EXECUTOR_STATE";

const hints: Readonly<Record<ExecutorErrorCode, string>> = {
  DW_EXECUTOR_PEER:
    "Start it by driftwarden-executor.socket, which makes the socket for one user alone, or correct `peer:` and `socket:`.",
  DW_EXECUTOR_LISTENING: "Stop the other executor, or give this one another `socket:`.",
  DW_EXECUTOR_LOCKED:
    "Stop the other executor, or give this one another `state:`: each counts its own acts.",
  DW_EXECUTOR_STATE: "Set `state:` to a folder that only the executor's user can write to.",
};

interface Occurrence {
  readonly cause?: unknown;
  /** Default: the hint of the code. */
  readonly hint?: string;
}

export class ExecutorError extends DriftwardenError<ExecutorErrorCode> {
  constructor(
    code: ExecutorErrorCode,
    message: string,
    { cause, hint = hints[code] }: Occurrence = {},
  ) {
    super(code, message, { hint, cause });
  }
}
