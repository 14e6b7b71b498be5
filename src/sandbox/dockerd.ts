/** A real Docker engine of our own on a private socket, for tests and `demo --docker`: root only, nothing left behind. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type DockerApi, dockerApi, watchEvents } from "./docker-api.ts";
import { busyboxImage, importBusybox } from "./docker-image.ts";
import { type DockerProgramOptions, dockerPrograms } from "./docker-programs.ts";
import { DockerdProcess } from "./dockerd-process.ts";

export interface ContainerSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: sleeps until it is told to stop. */
  readonly cmd?: readonly string[];
  /** Shell command, run every `intervalMs`; one failure makes the container unhealthy. */
  readonly health?: { readonly cmd: string; readonly intervalMs: number };
  /** Default: the busybox image. */
  readonly image?: string;
  /** Laid over the body of `POST /containers/create`. */
  readonly create?: Readonly<Record<string, unknown>>;
}

export interface RestartSeen {
  readonly id: string;
  readonly name: string;
  readonly atMs: number;
}

export interface DockerEngine {
  /** Path of the Unix socket. */
  readonly socket: string;
  readonly pid: number;
  /** Every restart the engine itself reported, oldest first. An event may come a moment after the call's answer. */
  readonly restarts: readonly RestartSeen[];
  /** The engine's whole API. */
  readonly api: DockerApi;
  /** Creates and starts a container; resolves with its id. */
  run(spec: ContainerSpec): Promise<string>;
  /** Kills and removes a container. */
  remove(id: string): Promise<void>;
  /** SIGKILL, as if the engine had crashed; its containers live on. */
  kill(): Promise<void>;
  /** Kills the engine if it runs and starts it again on the same socket and data. */
  restart(): Promise<void>;
  /** Removes containers and engine and everything they wrote. */
  stop(): Promise<void>;
}

const sleeper = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"];

const restartEvent = z.object({
  Actor: z.object({ ID: z.string(), Attributes: z.object({ name: z.string() }) }),
  timeNano: z.number(),
});

/**
 * Starts a Docker engine without network, about 1 s, and makes its one image. When this process ends, however it
 * ends, the engine ends too.
 *
 * @throws SandboxDockerError `DW_SANDBOX_DOCKER_MISSING` when it cannot be had here, `DW_SANDBOX_DOCKER_FAILED` with
 *   the engine's own lines when it does not start
 */
export async function startDockerEngine(options: DockerProgramOptions = {}): Promise<DockerEngine> {
  const programs = await dockerPrograms(options);
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-docker-"));
  const daemon = new DockerdProcess(programs.dockerd, folder);
  const api = dockerApi(daemon.socket);
  const restarts: RestartSeen[] = [];
  const start = async (): Promise<void> => {
    await daemon.start();
    await watchRestarts(daemon.socket, restarts);
  };
  const stop = async (): Promise<void> => {
    if (!daemon.runs) await daemon.start().catch(() => undefined);
    await removeAll(api).catch(() => undefined);
    await daemon.dispose();
  };
  try {
    await start();
    await importBusybox(api, programs.busybox, join(folder, "img"));
  } catch (error) {
    await daemon.dispose();
    throw error;
  }
  return {
    socket: daemon.socket,
    get pid() {
      return daemon.pid;
    },
    restarts,
    api,
    run: (spec) => run(api, spec),
    remove: async (id) => void (await api(`DELETE /containers/${id}?force=1&v=1`)),
    kill: () => daemon.kill(),
    restart: async () => {
      await daemon.kill();
      await start();
    },
    stop,
  };
}

function watchRestarts(socket: string, restarts: RestartSeen[]): Promise<void> {
  return watchEvents(socket, { type: ["container"], event: ["restart"] }, (event) => {
    const { Actor, timeNano } = restartEvent.parse(event);
    restarts.push({ id: Actor.ID, name: Actor.Attributes.name, atMs: timeNano / 1e6 });
  });
}

async function run(api: DockerApi, spec: ContainerSpec): Promise<string> {
  const { name, labels = {}, cmd = sleeper, health, image = busyboxImage, create = {} } = spec;
  const Healthcheck = health && {
    Test: ["CMD-SHELL", health.cmd],
    Interval: health.intervalMs * 1e6,
    Retries: 1,
  };
  const body = { Image: image, Cmd: cmd, Labels: labels, Healthcheck, ...create };
  const answer = await api(`POST /containers/create?name=${encodeURIComponent(name)}`, { body });
  const { Id } = z.object({ Id: z.string() }).parse(answer);
  await api(`POST /containers/${Id}/start`);
  return Id;
}

async function removeAll(api: DockerApi): Promise<void> {
  const all = z.array(z.object({ Id: z.string() })).parse(await api("GET /containers/json?all=1"));
  await Promise.all(all.map(({ Id }) => api(`DELETE /containers/${Id}?force=1&v=1`)));
}
