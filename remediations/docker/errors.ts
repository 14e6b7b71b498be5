/** The errors between Driftwarden and a container engine, or the executor that holds the engine's socket. */
import { DriftwardenError, type DriftwardenErrorOptions } from "../../src/errors.ts";

export type DockerErrorCode =
  | "DW_DOCKER_UNREACHABLE"
  | "DW_DOCKER_FORBIDDEN"
  | "DW_DOCKER_TIMEOUT"
  | "DW_DOCKER_PROTOCOL"
  | "DW_DOCKER_GONE"
  | "DW_DOCKER_CONFLICT"
  | "DW_DOCKER_FAILED"
  | "DW_DOCKER_REFUSED"
  | "DW_EXECUTOR_UNREACHABLE"
  | "DW_EXECUTOR_FORBIDDEN"
  | "DW_EXECUTOR_TIMEOUT"
  | "DW_EXECUTOR_PROTOCOL"
  | "DW_EXECUTOR_LIMIT"
  | "DW_EXECUTOR_FAILED";

interface Occurrence {
  /** Whether the verb may have taken effect. If true, look it up before you repeat it. Default false. */
  readonly maybeApplied?: boolean;
  readonly cause?: unknown;
}

const hints: Readonly<
  Record<DockerErrorCode, Pick<DriftwardenErrorOptions, "hint" | "retryable">>
> = {
  DW_DOCKER_UNREACHABLE: {
    hint: "Start the engine, or set `docker.socket` to the socket it listens on (`docker context inspect` shows it).",
    retryable: true,
  },
  DW_DOCKER_FORBIDDEN: {
    hint: "Add the user that runs driftwarden to the group that owns the socket (usually `docker`; in the unit: SupplementaryGroups=docker), or allow list, inspect, restart and start in the socket proxy.",
  },
  DW_DOCKER_TIMEOUT: {
    hint: "Look at the engine's log: it took the request and did not answer in time.",
    retryable: true,
  },
  DW_DOCKER_PROTOCOL: {
    hint: "Check that `docker.socket` belongs to a Docker or Podman engine; what answered does not speak its API.",
  },
  DW_DOCKER_GONE: { hint: "Nothing to do if the container was removed or made anew on purpose." },
  DW_DOCKER_CONFLICT: {
    hint: "Look at the container: the engine says its state does not allow this now.",
    retryable: true,
  },
  DW_DOCKER_FAILED: { hint: "Look at the engine's log for the reason it gave." },
  DW_DOCKER_REFUSED: {
    hint: "Report this: Driftwarden asked its own Docker adapter for a call that is not on its list.",
  },
  DW_EXECUTOR_UNREACHABLE: {
    hint: "Start it (`systemctl start driftwarden-executor.socket`), or set `docker.executor` to its socket.",
    retryable: true,
  },
  DW_EXECUTOR_FORBIDDEN: {
    hint: "Name the user that runs driftwarden: `SocketUser=` in driftwarden-executor.socket, `peer:` in /etc/driftwarden/executor.yaml.",
  },
  DW_EXECUTOR_TIMEOUT: {
    hint: "Look at the executor's log (`journalctl -u driftwarden-executor`), then at the engine's.",
    retryable: true,
  },
  DW_EXECUTOR_PROTOCOL: {
    hint: "Install the same version of driftwarden for the daemon and the executor, and restart both.",
  },
  DW_EXECUTOR_LIMIT: {
    hint: "If it should be allowed, say so in /etc/driftwarden/executor.yaml and restart driftwarden-executor.",
  },
  DW_EXECUTOR_FAILED: {
    hint: "Look at the executor's log: `journalctl -u driftwarden-executor`.",
  },
};

const unavailable: ReadonlySet<DockerErrorCode> = new Set<DockerErrorCode>([
  "DW_DOCKER_UNREACHABLE",
  "DW_DOCKER_FORBIDDEN",
  "DW_DOCKER_TIMEOUT",
  "DW_DOCKER_PROTOCOL",
  "DW_EXECUTOR_UNREACHABLE",
  "DW_EXECUTOR_FORBIDDEN",
  "DW_EXECUTOR_TIMEOUT",
  "DW_EXECUTOR_PROTOCOL",
]);

/** Whether a text, such as the code in an executor's answer, is one of the codes. */
export function isDockerErrorCode(code: string): code is DockerErrorCode {
  return Object.hasOwn(hints, code);
}

export class DockerError extends DriftwardenError<DockerErrorCode> {
  readonly maybeApplied: boolean;

  constructor(code: DockerErrorCode, message: string, occurrence: Occurrence = {}) {
    super(code, message, { ...hints[code], cause: occurrence.cause });
    this.maybeApplied = occurrence.maybeApplied ?? false;
  }

  /** Whether the engine cannot be reached, so that every other call would fail too. */
  override get unavailable(): boolean {
    return unavailable.has(this.code);
  }
}
