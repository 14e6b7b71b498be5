/** The executor, a second process. It carries out the daemon's requests over a socket if its own limits allow them. */
import type { Logger } from "pino";
import type { Engine, EngineChanges } from "../../remediations/docker/engine.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type ClockReading, readClocks } from "../permit.ts";
import { ActLog } from "./act-log.ts";
import { type DockerParts, openDockerParts } from "./docker-parts.ts";
import { type ExecutorLimits, limitsText } from "./limits.ts";
import { type ExecutorServerOptions, listen } from "./server.ts";
import { lockFolder } from "./state-folder.ts";

export interface ExecutorSettings extends Pick<ExecutorServerOptions, "socket" | "peer" | "fd"> {
  /** Folder of the record of its acts. */
  readonly stateFolder: string;
  readonly limits: ExecutorLimits;
  /** Undefined: the executor offers no verb on containers. */
  readonly engine: Engine | undefined;
  /** Undefined: it only restarts, whatever the limits say. */
  readonly engineChanges?: EngineChanges | undefined;
}

export interface ExecutorMeans {
  readonly logger: Logger;
  /** Version of the program. */
  readonly program: string;
  /** Id of this start of the machine; undefined where it is not known. */
  readonly boot: string | undefined;
  readonly clock?: Pick<Clock, "sleep"> | undefined;
  readonly clocks?: (() => ClockReading) | undefined;
}

export interface Executor {
  /** Takes no more requests. Waits for running acts, but no longer than a deadline. */
  stop(): Promise<void>;
}

/** The least time for which an act is kept: the daemon may ask about it again, and it counts against the limits. */
const leastKeptMs = 7 * 86_400_000;
const noWork = async (): Promise<void> => undefined;
const nothingToDo: DockerParts = { verbs: [], finishOpen: noWork, idle: noWork };
/** Shorter than TimeoutStopSec of the executor's systemd unit. */
const stopDeadlineMs = 20_000;

/** @throws ExecutorError when it cannot start; nothing listens then */
export async function startExecutor(
  settings: ExecutorSettings,
  means: ExecutorMeans,
): Promise<Executor> {
  const { limits } = settings;
  const { logger, clock = systemClock, clocks = readClocks, boot } = means;
  const { engine, engineChanges, stateFolder: folder } = settings;
  const lock = await lockFolder(folder);
  const logs: ActLog[] = [];
  const close = async (): Promise<void> => {
    for (const log of logs) await log.close();
    await lock.free();
  };
  const orClose = async (error: unknown): Promise<never> => {
    await close();
    throw error;
  };
  const record = async (file: string): Promise<ActLog> => {
    const log = await ActLog.open({ folder, file, keepMs: keptMs(limits), clocks, boot });
    logs.push(log);
    return log;
  };
  const parts =
    engine === undefined
      ? nothingToDo
      : await openDockerParts({
          engine,
          engineChanges,
          limits,
          clock,
          clocks,
          logger,
          record,
        }).catch(orClose);
  const { verbs } = parts;
  const may = limitsText(limits);
  const server = await listen({ ...settings, verbs, may, logger, program: means.program }).catch(
    orClose,
  );
  // An executor that cannot listen must not act. The first request comes in a later turn of the event loop.
  void parts.finishOpen();
  logger.info({ socket: settings.socket, verbs: verbs.map(({ name }) => name) }, "listening");
  return {
    stop: async () => {
      await server.stop();
      // An act that is not over by then stays open in the record, and the next start finishes it.
      await Promise.race([parts.idle(), clock.sleep(stopDeadlineMs)]);
      await close();
    },
  };
}

function keptMs({ all, perContainer, images, memory }: ExecutorLimits): number {
  const changes = [
    ...(images?.acts ?? []),
    ...(memory?.all ?? []),
    ...(memory?.perContainer ?? []),
  ];
  const windows = [...all, ...perContainer, ...changes].map(({ windowMs }) => windowMs);
  return Math.max(leastKeptMs, ...windows);
}
