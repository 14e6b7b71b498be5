/** Builds the executor from its own configuration. */
import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import { labelsOf } from "../../remediations/docker/selector.ts";
import type { ExecutorConfig } from "../config/executor.ts";
import { type Executor, startExecutor } from "../executor/executor.ts";
import type { ExecutorLimits } from "../executor/limits.ts";
import { uidOf } from "../executor/peer.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { version } from "../version.ts";

/** @throws ExecutorError when it cannot start */
export function runExecutor(
  config: ExecutorConfig,
  { logger, environment }: { readonly logger: Logger; readonly environment: Environment },
): Promise<Executor> {
  const { docker, peer, socket, state } = config;
  return startExecutor(
    {
      socket,
      peer: uidOf(peer),
      fd: passedSocket(environment),
      stateFolder: state,
      limits: limitsOf(config),
      engine: docker && openDocker({ socket: docker.socket, deadlineMs: docker.deadline }),
    },
    { logger, program: version, boot: bootId() },
  );
}

function limitsOf({ allow, max_acts, max_acts_per_container }: ExecutorConfig): ExecutorLimits {
  const limits = (given: typeof max_acts) =>
    given.map(({ runs, windowMs }) => ({ acts: runs, windowMs }));
  return {
    allow: allow.map(({ name, verbs, allow_stateful, ...rest }) => ({
      name,
      labels: labelsOf(rest),
      verbs,
      allowStateful: allow_stateful,
    })),
    all: limits(max_acts),
    perContainer: limits(max_acts_per_container),
  };
}

/** The socket that systemd made, of which it says that it is meant for this process. */
function passedSocket({ LISTEN_PID, LISTEN_FDS }: Environment): number | undefined {
  return LISTEN_PID === String(process.pid) && LISTEN_FDS === "1" ? 3 : undefined;
}

/** Undefined where the kernel does not say. Acts then age by the wall clock. */
function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
