/** Logs once why the watermark is behind, and once when it has caught up. */
import type { Logger } from "pino";
import type { PollMark } from "./progress.ts";

/** How far the watermark is behind, with the data that shows the reason. */
export interface Horizon {
  /** The source's clock at the poll, microseconds since 1970. */
  readonly clock: number;
  readonly watermark: number;
  /** Polls that the watermark has not reached, oldest first. */
  readonly unreached: readonly PollMark[];
  /** Transactions that the server shows as running or prepared. */
  readonly running: readonly RunningTransaction[];
}

/** A transaction that `pg_stat_activity` or `pg_prepared_xacts` shows. */
export interface RunningTransaction {
  /** 32 bits, as decimal text, as these views show it. */
  readonly shown: string;
  /** The full id. */
  readonly id: bigint;
}

type Reason = "server" | "pause" | "unlisted";

export class HorizonWatch {
  readonly #logger: Logger;
  readonly #tolerableUs: number;
  #logged: Reason | undefined;

  /** @param tolerableMs no warning is logged up to this age of the watermark */
  constructor(logger: Logger, tolerableMs: number) {
    this.#logger = logger;
    this.#tolerableUs = tolerableMs * 1000;
  }

  /** Logs a pause in which the source was not polled. The next reads catch up. */
  resumed(lastPoll: number, clock: number): void {
    if (clock - lastPoll <= this.#tolerableUs || this.#logged === "pause") return;
    this.#logged = "pause";
    const since = new Date(lastPoll / 1000).toISOString();
    const age_seconds = seconds(clock - lastPoll);
    this.#logger.info({ since, age_seconds }, "catching up since the last poll");
  }

  /** Call it after a poll. Warns if the watermark has not reached a poll that is older than the tolerance. */
  observe({ clock, watermark, unreached, running }: Horizon): void {
    if (clock - watermark <= this.#tolerableUs) return this.#caughtUp(clock - watermark);
    const [oldest] = unreached;
    if (oldest === undefined || clock - oldest.clock <= this.#tolerableUs) return;
    const ceiling = BigInt(oldest.ceiling);
    const holding = running.find(({ id }) => id < ceiling);
    const reason = holding === undefined ? "unlisted" : "server";
    if (reason === this.#logged) return;
    this.#logged = reason;
    const hint = holding === undefined ? unlistedHint : serverHint(holding.shown);
    const age_seconds = seconds(clock - watermark);
    this.#logger.warn({ age_seconds, hint }, "watermark held back");
  }

  #caughtUp(age: number): void {
    const age_seconds = seconds(age);
    if (this.#logged === "pause") this.#logger.info({ age_seconds }, "caught up");
    else if (this.#logged !== undefined)
      this.#logger.info({ age_seconds }, "watermark moves again");
    this.#logged = undefined;
  }
}

const seconds = (us: number): number => Math.round(us / 1e6);

const serverHint = (id: string): string =>
  `A long transaction is open on the source's server, in any of its databases: look for the oldest xact_start in pg_stat_activity, where backend_xid is ${id}, and in pg_prepared_xacts, where transaction is ${id}. Its rows and all later ones wait for its end; nothing is lost, and no model is called silent meanwhile.`;

const unlistedHint =
  "The source's snapshots hold a transaction that pg_stat_activity and pg_prepared_xacts do not list. On a standby it runs on the primary, or replay is paused: look at pg_last_xact_replay_timestamp(). Nothing is lost, and no model is called silent meanwhile.";
