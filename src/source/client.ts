/**
 * A connection to a source. Every statement has a deadline. A query that misses it is ended on the server too.
 */
import type { Client, QueryArrayConfig, QueryConfig, QueryResultRow } from "pg";
import { DatabaseError } from "pg";
import { outOfTime } from "./errors.ts";
import { begin, settings } from "./sql/begin.ts";
import { closeClient } from "./stop-query.ts";

/**
 * The server ends a statement at its deadline. After this additional time without an answer, the query counts as timed
 * out.
 */
const graceMs = 2000;

const queryCanceled = "57014";

/** @param running settles when the query has ended */
type Stop = (running: Promise<unknown>) => Promise<void>;

export interface SourceSession {
  /** Of each statement, ms. */
  readonly deadlineMs: number;
  /** Ends a query of this connection on the server. */
  readonly stop: Stop;
  /** Called after each statement, whether it was answered, failed or missed its deadline. */
  readonly ended?: (() => void) | undefined;
}

interface Rows<Row> {
  readonly rows: readonly Row[];
}

export class SourceClient {
  readonly #client: Client;
  readonly #session: SourceSession;
  #deadlineMs: number;
  /** Settles when the server has answered, also after `query` has rejected. */
  #running: Promise<unknown> | undefined;
  #asked = 0;

  constructor(client: Client, session: SourceSession) {
    this.#client = client;
    this.#session = session;
    this.#deadlineMs = session.deadlineMs;
  }

  /**
   * Begins a read-only transaction with the settings that all queries rely on. They are set each time, because a pooler
   * may give each transaction another session.
   *
   * @param deadlineMs of each statement in it
   */
  async begin(deadlineMs: number): Promise<void> {
    this.#deadlineMs = deadlineMs;
    await this.query(begin(deadlineMs));
  }

  /**
   * Sets the deadline of the next statements of this transaction. Repeats the other settings, because a function of a
   * view may have changed them.
   */
  async deadline(ms: number = this.#deadlineMs): Promise<void> {
    await this.query(settings(ms));
    this.#deadlineMs = ms;
  }

  /** Ends the transaction. ROLLBACK also undoes settings that a function of a view has changed. */
  async finish(): Promise<void> {
    await this.query("ROLLBACK");
  }

  /**
   * @throws SourceError DW_SOURCE_TIMEOUT when the deadline has passed; close the connection then
   * @throws what `pg` throws
   */
  async query<Row extends QueryResultRow | readonly unknown[]>(
    query: string | QueryConfig | QueryArrayConfig,
    values?: readonly unknown[],
  ): Promise<Rows<Row>> {
    const deadlineMs = this.#deadlineMs;
    const answer = this.#client.query(
      typeof query === "string" ? { text: query } : query,
      values?.slice(),
    );
    const running = this.#untilAnswered(answer);
    this.#running = running;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(outOfTime(deadlineMs)), deadlineMs + graceMs);
    });
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      const ended = error instanceof DatabaseError && error.code === queryCanceled;
      throw ended ? outOfTime(deadlineMs, error) : error;
    } finally {
      clearTimeout(timer);
      this.#session.ended?.();
    }
  }

  async #untilAnswered(answer: Promise<unknown>): Promise<void> {
    const asked = ++this.#asked;
    await answer.catch(() => undefined);
    if (asked === this.#asked) this.#running = undefined;
  }

  /** Stops a running query, on the server too, and closes the connection. Never rejects. */
  async end(): Promise<void> {
    if (this.#running !== undefined) await this.#session.stop(this.#running);
    await closeClient(this.#client);
  }
}
