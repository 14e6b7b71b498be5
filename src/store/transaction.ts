/** Runs work in a transaction. Only this file decides which errors are retried. */
import type { ClientBase, Pool, PoolClient, QueryResultRow } from "pg";
import { backoffMs } from "../backoff.ts";
import { systemClock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { type Admission, beginSql } from "./admission.ts";
import { StoreError } from "./errors.ts";
import type { StoreMetrics } from "./metrics.ts";
import type { SchemaVersions } from "./migrations/migrate.ts";
import { asStoreError, classify } from "./postgres-error.ts";
import type { Tx, Value } from "./query.ts";
import { storable } from "./storable.ts";

export interface TransactionOptions {
  /** Most repetitions after a conflict with another transaction (serialization, deadlock). Default 5. */
  readonly retries?: number;
}

const firstPauseMs = 20;
const longestPauseMs = 1000;

interface TransactionPlace {
  readonly pool: Pool;
  readonly metrics: StoreMetrics;
  readonly admission: Admission;
}

type Work<T> = (tx: Tx) => Promise<T>;

/** Rows of one statement. The caller states their type, which is not checked. */
export async function rowsOf<Row>(
  client: ClientBase | Pool,
  sql: string,
  values?: readonly Value[],
): Promise<Row[]> {
  const { rows } = await client.query<Row & QueryResultRow>(sql, values?.map(storable));
  return rows;
}

/** @param committed collects the functions to call after the commit */
export function txOf(client: ClientBase, committed: (() => void)[] = []): Tx {
  return {
    inTransaction: true,
    query: (sql, values) => rowsOf(client, sql, values),
    afterCommit: (work) => void committed.push(work),
  };
}

/**
 * A conflict has rolled everything back, so the work is tried again. A loss of the connection before COMMIT has rolled
 * back too, but the caller decides whether to retry. If the connection is lost at COMMIT, the work may have committed,
 * so it is never repeated here.
 *
 * @throws StoreError DW_STORE_UNREACHABLE, DW_STORE_REFUSED, DW_STORE_COMMIT_UNKNOWN, DW_STORE_TOO_NEW; whatever
 *   `work` throws
 */
export async function runTransaction<T>(
  place: TransactionPlace,
  work: Work<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { metrics } = place;
  const retries = options.retries ?? 5;
  for (let attempt = 0; ; attempt++) {
    metrics.transactions.inc();
    try {
      return await once(place, work);
    } catch (error) {
      const reason = reasonOf(error);
      metrics.transactionFailures.inc({ reason });
      if (reason !== "conflict" || attempt === retries)
        throw asStoreError(error, "using the store");
    }
    // Without a pause, the work could take its first lock before the other transaction continues, and conflict again.
    await systemClock.sleep(backoffMs(attempt, longestPauseMs, firstPauseMs));
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof StoreError)) return classify(error);
  return error.code === "DW_STORE_COMMIT_UNKNOWN" ? "commit_unknown" : "other";
}

/**
 * A client in use has no other error listener. Without one, a connection that breaks between two statements would end
 * the process.
 */
const ignore = (): undefined => undefined;

async function once<T>({ pool, metrics, admission }: TransactionPlace, work: Work<T>): Promise<T> {
  admission.check();
  const client = await pool.connect();
  client.on("error", ignore);
  let broken: Error | undefined;
  try {
    await begin(client, admission);
    const committed: (() => void)[] = [];
    const result = await work(txOf(client, committed));
    await commit(client);
    for (const one of committed) afterCommit(one, metrics);
    return result;
  } catch (error) {
    broken = await rollback(client, error);
    throw error;
  } finally {
    client.off("error", ignore);
    client.release(broken);
  }
}

async function begin(client: PoolClient, admission: Admission): Promise<void> {
  // pg answers two statements with a list of two results, which its types do not say.
  const results = [await client.query<SchemaVersions>(beginSql)].flat();
  admission.judge(results.at(-1)?.rows[0]);
}

/** An error here must not look like a transaction that failed: the caller would do the work again. */
function afterCommit(work: () => void, metrics: StoreMetrics): void {
  try {
    work();
  } catch {
    metrics.transactionFailures.inc({ reason: "after_commit" });
  }
}

async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query("commit").catch((error: unknown) => {
    if (classify(error) !== "lost") throw error;
    throw new StoreError("DW_STORE_COMMIT_UNKNOWN", `committing: ${messageOf(error)}`, {
      hint: "Nothing to do: the connection broke during a commit, so the result is unknown. Driftwarden reads what is stored before it goes on.",
      cause: error,
    });
  });
  // Postgres answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (command !== "COMMIT")
    throw new Error("a statement failed inside the transaction and its error was ignored");
}

/** @returns why the connection must not be used again; undefined if it may */
async function rollback(client: PoolClient, error: unknown): Promise<Error | undefined> {
  const unusable = new Error("connection lost", { cause: error });
  if (error instanceof StoreError && error.code === "DW_STORE_COMMIT_UNKNOWN") return unusable;
  if (classify(error) === "lost") return unusable;
  return client.query("rollback").then(
    () => undefined,
    () => unusable,
  );
}
