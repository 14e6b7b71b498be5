/** The deadline of a statement, until the transaction ends. */
export const statementTimeout = (ms: number): string =>
  `SET LOCAL statement_timeout = ${Math.round(ms)}`;

/** Opens the transaction of a poll. The settings are ours for its length only: full digits, the sort planned for all rows. */
export const begin = (timeoutMs: number): string => `
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  ${statementTimeout(timeoutMs)};
  SET LOCAL extra_float_digits = 1;
  SET LOCAL cursor_tuple_fraction = 1`;
