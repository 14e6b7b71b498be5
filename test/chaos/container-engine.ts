/** The interface of a chaos run to the engine whose containers are restarted, with the ledger of restarts. */

export interface Restart {
  /** Its id. */
  readonly container: string;
  /** Started-at before and after: what the restart was of, and what it made. */
  readonly before: string;
  readonly after: string;
  /** Time of the request; if that is unknown, time of the effect; ms since 1970. */
  readonly atMs: number;
}

export interface ContainerEngine {
  /** Path of its Unix socket. */
  readonly socket: string;
  /** Every restart that took effect, oldest first; grows. */
  readonly restarts: readonly Restart[];
  /** Started-at of the container that carries this name. */
  startedAt(name: string): string;
  stop(): Promise<void>;
}
