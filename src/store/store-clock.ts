/**
 * The time of the store, for all processes that use it. Due times, budget windows and cooldown ends are compared across
 * processes and restarts. With the machine's wall clock, a step of an hour would refill budgets or delay effects.
 */
import type { Logger } from "pino";
import { type Clock, systemClock } from "../clock.ts";
import type { Queryable } from "./query.ts";

export interface StoreClock extends Clock {
  /** Stops reading the store's time. The clock continues from its present time. */
  stop(): void;
}

export interface StoreClockOptions {
  readonly store: Queryable;
  readonly logger: Logger;
  /** How often the store's time is read, ms. Default 30 s. */
  readonly followMs?: number;
}

/** By the database's clock, ms since 1970. */
export async function storeNowMs(q: Queryable): Promise<number> {
  const [row] = await q.query<{ nowMs: number }>(sql);
  if (row === undefined) throw new Error("the store does not know the time");
  return row.nowMs;
}

const sql = `select extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs"`;
/** A reading that took longer is too inaccurate. */
const longestAnswerMs = 1000;
const toldAboveMs = 60_000;

/**
 * The database's clock. Between two readings the machine's monotonic clock measures the time.
 *
 * @throws StoreError when the first reading fails; later readings are tried again
 */
export async function followStoreClock(options: StoreClockOptions): Promise<StoreClock> {
  const { store, logger, followMs = 30_000 } = options;
  let isLogged = false;
  let aheadMs: number | undefined;
  // Whole milliseconds, as those of a machine's clock: a statement may take a time for a bigint.
  const now = (): number => Math.floor(performance.now() + (aheadMs ?? 0));
  const look = async (): Promise<void> => {
    const askedMs = performance.now();
    const [row] = await store.query<{ nowMs: number }>(sql);
    const answeredMs = performance.now();
    const late = answeredMs - askedMs > longestAnswerMs;
    if (row === undefined || (late && aheadMs !== undefined)) return;
    aheadMs = row.nowMs - (askedMs + answeredMs) / 2;
    const offMs = Math.round(Date.now() - now());
    const isOff = Math.abs(offMs) > toldAboveMs;
    if (isOff && !isLogged)
      logger.warn({ offMs }, "this machine's clock differs from the store's, which counts");
    isLogged = isOff;
  };
  await look();
  const following = setInterval(() => {
    look().catch((err: unknown) => logger.debug({ err }, "asking the store for the time failed"));
  }, followMs);
  following.unref();
  return { ...systemClock, now, stop: () => clearInterval(following) };
}
