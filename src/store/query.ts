/** The two ways to run a query: the store for a single statement, a Tx inside a transaction. */

/** What may be bound to $1, $2, …; arrays become Postgres arrays. */
export type Value = string | number | boolean | Buffer | null | undefined | readonly Value[];

export interface Queryable {
  /** Rows of the statement; `bigint` columns come as numbers, `json` parsed, `bytea` as Buffer. */
  query<Row = never>(sql: string, values?: readonly Value[]): Promise<Row[]>;
}

/** A transaction in work. Statements run one after the other; it ends when the function it was given to settles. */
export interface Tx extends Queryable {
  readonly inTransaction: true;
  /** Does this once the transaction has committed. It must not throw. What is rolled back and tried again does it once. */
  afterCommit(work: () => void): void;
}
