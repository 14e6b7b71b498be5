/** The executor, a second process. It carries out the daemon's requests over a socket if its own limits allow them. */
import type { Logger } from "pino";
import type { Engine } from "../../remediations/docker/engine.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type ClockReading, readClocks } from "../permit.ts";
import { ActLog } from "./act-log.ts";
import { type ExecutorLimits, limitsText } from "./limits.ts";
import { Restarts } from "./restarts.ts";
import { type ExecutorServerOptions, listen } from "./server.ts";
import { lockFolder } from "./state-folder.ts";
import type { ExecutorVerb } from "./verb.ts";
import { dockerVerbs } from "./verbs/docker.ts";

export interface ExecutorSettings extends Pick<ExecutorServerOptions, "socket" | "peer" | "fd"> {
  /** Folder of the record of its acts. */
  readonly stateFolder: string;
  readonly limits: ExecutorLimits;
  /** Undefined: the executor offers no verb on containers. */
  readonly engine: Engine | undefined;
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
/** Shorter than TimeoutStopSec of the executor's systemd unit. */
const stopDeadlineMs = 20_000;

/** @throws ExecutorError when it cannot start; nothing listens then */
export async function startExecutor(
  settings: ExecutorSettings,
  means: ExecutorMeans,
): Promise<Executor> {
  const { limits } = settings;
  const { logger, clock = systemClock, clocks = readClocks, boot } = means;
  const windows = [...limits.all, ...limits.perContainer].map(({ windowMs }) => windowMs);
  const keepMs = Math.max(leastKeptMs, ...windows);
  const folder = settings.stateFolder;
  const lock = await lockFolder(folder);
  const acts = await ActLog.open({ folder, keepMs, clocks, boot }).catch(async (error: unknown) => {
    await lock.free();
    throw error;
  });
  const close = async (): Promise<void> => {
    await acts.close();
    await lock.free();
  };
  const verbs: ExecutorVerb[] = [];
  let finishOpen = noWork;
  let idle = noWork;
  if (settings.engine !== undefined) {
    const { engine } = settings;
    const restarts = new Restarts({ engine, limits, acts, clock, clocks, logger });
    finishOpen = () => restarts.finishOpen();
    idle = () => restarts.idle();
    verbs.push(...dockerVerbs({ engine, limits, restarts }));
  }
  const may = limitsText(limits);
  const server = await listen({ ...settings, verbs, may, logger, program: means.program }).catch(
    async (error: unknown) => {
      await close();
      throw error;
    },
  );
  // An executor that cannot listen must not act. The first request comes in a later turn of the event loop.
  void finishOpen();
  logger.info({ socket: settings.socket, verbs: verbs.map(({ name }) => name) }, "listening");
  return {
    stop: async () => {
      await server.stop();
      // An act that is not over by then stays open in the record, and the next start finishes it.
      await Promise.race([idle(), clock.sleep(stopDeadlineMs)]);
      await close();
    },
  };
}
