/**
 * The source's clock (microseconds), then the ids of the running transactions. The query runs before the poll's
 * transaction, because the ids must be read before its snapshot. Backends are read first: a transaction that is being
 * prepared is listed as prepared before its backend releases it.
 */
export const clock = `
  SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint::text AS clock,
         ARRAY(SELECT backend_xid::text FROM pg_stat_activity WHERE backend_xid IS NOT NULL
               UNION ALL SELECT transaction::text FROM pg_prepared_xacts) AS running`;
