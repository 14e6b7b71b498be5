/** Builds the executor from its own configuration. */
import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { loadClient } from "../../remediations/docker/connection.ts";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { ExecutorConfig } from "../config/executor.ts";
import { type Executor, startExecutor } from "../executor/executor.ts";
import { uidOf } from "../executor/peer.ts";
import { passedFds } from "../telemetry/service-manager.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { version } from "../version.ts";
import { limitsOf } from "./executor-limits.ts";
import { startExecutorService } from "./service.ts";

/** @throws ExecutorError when it cannot start */
export async function runExecutor(
  config: ExecutorConfig,
  { logger, environment }: { readonly logger: Logger; readonly environment: Environment },
): Promise<Executor> {
  const { docker, peer, socket, state } = config;
  // An upgrade may replace the files of the program while it runs. So the client is loaded before the first request.
  if (docker !== undefined) await loadClient();
  const engine = docker && openDocker({ socket: docker.socket, deadlineMs: docker.deadline });
  const executor = await startExecutor(
    {
      socket,
      peer: uidOf(peer),
      // The socket that systemd made.
      fd: passedFds(environment).socket,
      stateFolder: state,
      limits: limitsOf(config),
      engine,
      engineChanges: engine,
    },
    { logger, program: version, boot: bootId() },
  );
  const service = startExecutorService(environment, logger);
  return {
    stop: async () => {
      service.stopping();
      await executor.stop();
      service.stop();
    },
  };
}

/** Undefined if the kernel does not tell it. Then the age of acts is measured on the wall clock. */
function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
