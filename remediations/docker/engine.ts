/**
 * The port to a container engine: a closed list of verbs, and the description of a container. dockerode-engine.ts
 * implements it with an engine. executor/executor-engine.ts implements it with an executor, which holds the engine's
 * socket.
 */

import type { MayAct } from "../../src/permit.ts";
import type { ContainerEvent } from "./events.ts";
import type { ContainerLogs, LogsOptions } from "./logs.ts";
import type { ContainerUsage } from "./usage.ts";

/** A folder that is mounted into a container. */
export interface Mount {
  /** The name of a volume, or the path of a bind mount on the host. */
  readonly source: string;
  readonly destination: string;
  /** As the engine names it: volume, bind, tmpfs, … */
  readonly kind: string;
  readonly writable: boolean;
  /** A volume without a name of its own: the image declares it, and no other container uses it. */
  readonly anonymous: boolean;
}

/** What an inspection shows. Values of environment variables are never kept: they hold secrets. */
export interface Container {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  /** Every name of its image; empty when the image has none. */
  readonly images: readonly string[];
  readonly imageId: string;
  /** When it last started, as the engine writes it, to the nanosecond. Only a start changes it. */
  readonly startedAt: string;
  /** When it last stopped, as the engine writes it; left out where the engine does not say. */
  readonly finishedAt?: string | undefined;
  /** As the engine names it: running, paused, restarting, removing, exited, created, dead, … */
  readonly state: string;
  /** Of its last end; left out where the engine does not say. */
  readonly exitCode?: number | undefined;
  /** Whether the kernel killed a process of it for its memory, since its last start; left out where unknown. */
  readonly oomKilled?: boolean | undefined;
  /** How often the engine started it again by its restart policy. A restart by hand sets it to 0. */
  readonly restarts?: number | undefined;
  /** Its memory limit, bytes; left out where it has none. */
  readonly memoryLimitBytes?: number | undefined;
  /** `none` when it has no health check. */
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  readonly labels: Readonly<Record<string, string>>;
  readonly autoRemove: boolean;
  readonly envNames: readonly string[];
  readonly mounts: readonly Mount[];
  /** Ports that the image exposes or the container publishes. */
  readonly exposedPorts: readonly number[];
  /** Base names of the programs it may start, behind wrappers, shells and entrypoint scripts, without arguments. */
  readonly programs: readonly string[];
  /**
   * Why the executor would not act on it, as text that follows its name; left out where it would, and without an
   * executor.
   */
  readonly barred?: string | undefined;
}

/** The facts about a container that a list gives without an inspection. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  /** As in an inspection; `unknown` when the list does not say. */
  readonly state: string;
}

/** A running container that loses something while another one restarts. */
export interface Dependant {
  readonly name: string;
  /**
   * `network`: it uses the other one's network. `depends_on`: its compose file says that it depends on the other one's
   * service.
   */
  readonly by: "network" | "depends_on";
}

export interface EngineVersion {
  readonly engine: string;
  /** The API version spoken from here on, for example `v1.41`. */
  readonly api: string;
}

export interface RestartOptions {
  /** Seconds between the polite signal and the kill, ≥ 0. */
  readonly graceSeconds: number;
  /**
   * Called once the connection is open. The request is sent only under a good permit. An error that this throws ends
   * the call.
   */
  readonly mayAct?: MayAct | undefined;
}

/**
 * All requests that Driftwarden makes to an engine.
 *
 * Every call settles within the deadline of the implementation. It throws only `DockerError`, or what `mayAct` throws.
 * `maybeApplied` says whether a restart or start may have taken effect anyway.
 */
export interface Engine {
  /** Where the containers run; budgets count per host. */
  readonly host: string;
  /** Id, or its first 12 hex digits, of the container that this process seems to run in; undefined for none. */
  readonly self: string | undefined;
  version(): Promise<EngineVersion>;
  /** The containers, running or not, that carry every one of these `key=value` labels; none for an empty list. */
  list(labels: readonly string[]): Promise<readonly ListedContainer[]>;
  /** Undefined when there is no such container. An answer about another container is an error. */
  inspect(id: string): Promise<Container | undefined>;
  /** What depends on this container, each once, by name. */
  dependants(id: string): Promise<readonly Dependant[]>;
  /** The newest log lines of a container, running or not. It never follows. One that is gone is DW_DOCKER_GONE. */
  logs(id: string, options: LogsOptions): Promise<ContainerLogs>;
  /** What it uses now, once; undefined when it does not run. One that is gone is DW_DOCKER_GONE. Takes 1 to 2 s. */
  usage(id: string): Promise<ContainerUsage | undefined>;
  /**
   * What the engine remembers of a container since a time (ms since 1970) until now, oldest first. It never streams. A
   * container that is gone may still have events.
   */
  events(id: string, sinceMs: number): Promise<readonly ContainerEvent[]>;
  /** Resolves when the engine reports that the container runs again. Not idempotent. */
  restart(id: string, options: RestartOptions): Promise<void>;
  /** Starts a stopped container; does nothing when it runs. It only finishes our own restart, so it needs no permit. */
  start(id: string): Promise<void>;
}

/** An image without a tag. Containers that use it, running or not, keep the engine from removing it. */
export interface DanglingImage {
  /** `sha256:` and 64 hex digits. */
  readonly id: string;
  /** When it was built, ms since 1970. Nobody knows since when it has no tag. */
  readonly createdMs: number;
  /** With layers that other images share. */
  readonly bytes: number;
  /** Repositories that it was pulled from, without digest. */
  readonly repositories: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface PrunedImages {
  /** Images and layers, as the engine counts them. */
  readonly removed: number;
  readonly freedBytes: number;
}

export interface ContainerMemory {
  /** 0 for none. */
  readonly limitBytes: number;
  /** In use now, without the page cache; undefined when the container does not run. */
  readonly inUseBytes: number | undefined;
}

/** Changes beyond a restart. Only an executor makes them; the daemon asks it through executor/executor-changes.ts. */
export interface EngineChanges {
  /** Dangling images, whatever their labels say. */
  danglingImages(): Promise<readonly DanglingImage[]>;
  /** Removes the dangling images that were built before a time and that no container uses. */
  pruneImages(options: {
    readonly builtBeforeMs: number;
    readonly mayAct: MayAct;
  }): Promise<PrunedImages>;
  /** Undefined when there is no such container. */
  memory(id: string): Promise<ContainerMemory | undefined>;
  /** Sets the limit, and moves the limit of memory and swap together with it. */
  updateMemory(
    id: string,
    options: { readonly bytes: number; readonly mayAct: MayAct },
  ): Promise<void>;
}
