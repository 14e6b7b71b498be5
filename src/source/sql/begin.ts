/** The statements that begin a transaction on a source. */

/**
 * A role that may create functions or operators in a schema of the search path could replace those of Postgres. They
 * would run under our role. So the path has only Postgres's own schemas, and tables are named with their schema.
 */
export const safePath = "pg_catalog,pg_temp";

/** Until the transaction ends: statement deadline, search path, full digits of floats, cursors planned for all rows. */
export const settings = (timeoutMs: number): string => `
  SET LOCAL statement_timeout = ${Math.round(timeoutMs)};
  SET LOCAL search_path = ${safePath};
  SET LOCAL extra_float_digits = 1;
  SET LOCAL cursor_tuple_fraction = 1`;

export const begin = (timeoutMs: number): string => `
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  ${settings(timeoutMs)}`;
