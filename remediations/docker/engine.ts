/**
 * The port to a container engine: a closed list of verbs, and the description of a container. dockerode-engine.ts
 * implements it on an engine, executor/executor-engine.ts on an executor, which holds the engine's socket.
 */

import type { MayAct } from "../../src/permit.ts";

/** A folder of a container that comes from outside of it. */
export interface Mount {
  /** The name of a volume, or the path of a bind mount on the host. */
  readonly source: string;
  readonly destination: string;
  /** The engine's own word: volume, bind, tmpfs, … */
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
  /** Every name its image goes by; empty when the image has none. */
  readonly images: readonly string[];
  readonly imageId: string;
  /** As the engine writes it, to the nanosecond; changes with every start and with nothing else. */
  readonly startedAt: string;
  /** When it last ended, as the engine writes it; left out where the engine does not say. */
  readonly finishedAt?: string | undefined;
  /** The engine's own word: running, paused, restarting, removing, exited, created, dead, … */
  readonly state: string;
  /** `none` when it has no health check. */
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  readonly labels: Readonly<Record<string, string>>;
  readonly autoRemove: boolean;
  readonly envNames: readonly string[];
  readonly mounts: readonly Mount[];
  /** Exposed by the image, or published. */
  readonly exposedPorts: readonly number[];
  /** Base names of the programs it may start, behind wrappers, shells and entrypoint scripts, without arguments. */
  readonly programs: readonly string[];
  /** Why the executor would not act on it, without a subject; left out where it would, and where there is none. */
  readonly barred?: string | undefined;
}

/** What a list says of a container, without an inspection. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  /** As in an inspection; `unknown` when the list does not say. */
  readonly state: string;
}

/** A running container that loses something while another one restarts. */
export interface Dependant {
  readonly name: string;
  /** It lives in the other one's network, or its compose file says that it depends on its service. */
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
  /** Called when the connection stands. The request leaves under a good permit only; what this throws ends the call. */
  readonly mayAct?: MayAct | undefined;
}

/**
 * The only things Driftwarden ever asks of an engine.
 *
 * Every call settles within the engine's own deadline and throws only `DockerError`, whose `maybeApplied` says
 * whether a restart or start may have taken effect all the same; and what `mayAct` throws.
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
  /** Resolves when the engine says that it is running again. Not idempotent. */
  restart(id: string, options: RestartOptions): Promise<void>;
  /** Starts a stopped container; fine when it runs already. It only finishes our own restart, so it needs no permit. */
  start(id: string): Promise<void>;
}
