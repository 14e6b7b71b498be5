/** The two ways to run a query: on the store for a single statement, on a Tx inside a transaction. */

/** What may be bound to $1, $2, …; arrays become Postgres arrays. */
export type Value = string | number | boolean | Buffer | null | undefined | readonly Value[];

export interface Queryable {
  /** Rows of the statement; `bigint` columns come as numbers, `json` parsed, `bytea` as Buffer. */
  query<Row = never>(sql: string, values?: readonly Value[]): Promise<Row[]>;
}

/** An open transaction. Its statements run one after the other. It ends when the function that received it settles. */
export interface Tx extends Queryable {
  readonly inTransaction: true;
  /** Calls `work` after the commit. `work` must not throw. Attempts that were rolled back do not call it. */
  afterCommit(work: () => void): void;
}
