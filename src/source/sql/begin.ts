/** How a transaction of a source begins. */

/**
 * Whoever may create functions or operators in a schema of the search path could have them called under our role: they would hide those of
 * Postgres for types that fit better. So only names of Postgres itself mean anything, and tables are named with their schema.
 */
export const safePath = "pg_catalog,pg_temp";

/** Until the transaction ends: the deadline of a statement, no foreign names, full digits, the sort planned for all rows. */
export const settings = (timeoutMs: number): string => `
  SET LOCAL statement_timeout = ${Math.round(timeoutMs)};
  SET LOCAL search_path = ${safePath};
  SET LOCAL extra_float_digits = 1;
  SET LOCAL cursor_tuple_fraction = 1`;

export const begin = (timeoutMs: number): string => `
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  ${settings(timeoutMs)}`;
