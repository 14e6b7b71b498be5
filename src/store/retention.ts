/** Deletes rows that are older than the times under `retention:`. It works in batches, in one process at a time. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { pruneDecisions } from "./decisions/prune.ts";
import { appendJournal } from "./journal/append.ts";
import { pruneJournal } from "./journal/prune.ts";
import { deletedKind } from "./journal/seal-rows.ts";
import { acquireLease } from "./leases/lease.ts";
import type { StoreMetrics } from "./metrics.ts";
import { pruneOutbox } from "./outbox/prune.ts";
import type { Store } from "./store.ts";

export interface RetentionOptions {
  readonly store: Store;
  /**
   * How long the rows of each table are kept, ms. Ages are by the database's clock, so a wrong clock of this machine
   * deletes nothing.
   */
  readonly keepMs: {
    readonly decisions: number;
    readonly outbox: number;
    readonly journal: number;
  };
  /** Unique per process and start. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: StoreMetrics;
}

const intervalMs = 3_600_000;
const leaseMs = 300_000;
/** Rows in a batch. A batch takes some tens of ms. Other writers of the journal wait that long. */
const batchRows = 5_000;

type Table = keyof RetentionOptions["keepMs"];
const tables: readonly Table[] = ["decisions", "outbox", "journal"];

export class Retention {
  readonly #options: RetentionOptions;
  readonly #stopping = new AbortController();
  #working: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Deletes old rows now, and then once an hour. */
  start(): void {
    this.#working = this.#work();
  }

  /** Waits for the batch that is being deleted. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  /** @returns rows deleted; 0 also when another process holds the lease */
  async round(): Promise<number> {
    let deleted = 0;
    for (const table of tables) {
      for (let batch = batchRows; batch === batchRows && !this.#stopping.signal.aborted; ) {
        if (!(await this.#mine())) return deleted;
        batch = await this.#prune(table);
        this.#options.metrics.rowsDeleted.inc({ table }, batch);
        deleted += batch;
      }
    }
    return deleted;
  }

  async #work(): Promise<void> {
    const { clock, logger, metrics } = this.#options;
    while (!this.#stopping.signal.aborted) {
      metrics.retentionRounds.inc();
      await this.round().catch((error: unknown) => {
        metrics.retentionFailures.inc();
        logger.warn({ err: error }, "deleting old rows failed; it is tried again in an hour");
      });
      await clock.sleep(intervalMs, this.#stopping.signal);
    }
  }

  async #mine(): Promise<boolean> {
    const { store, owner } = this.#options;
    return (await acquireLease(store, { name: "retention", owner, ttlMs: leaseMs })) !== undefined;
  }

  #prune(table: Table): Promise<number> {
    const { store, keepMs, clock } = this.#options;
    const which = { olderMs: keepMs[table], limit: batchRows };
    const nowMs = clock.now();
    return store.transaction(async (tx) => {
      if (table === "journal") return pruneJournal(tx, { ...which, nowMs });
      const prune = table === "decisions" ? pruneDecisions : pruneOutbox;
      const rows = await prune(tx, which);
      // The hashes of the rows stay in the journal, so the journal records why the rows are gone.
      const body = { table, beforeMs: nowMs - keepMs[table], rows };
      if (rows > 0) await appendJournal(tx, [{ kind: deletedKind, atMs: nowMs, body }]);
      return rows;
    });
  }
}
