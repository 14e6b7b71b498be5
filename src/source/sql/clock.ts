/**
 * The source's clock (microseconds), then the ids of the transactions that run; outside of the poll's transaction,
 * since they have to be read before its snapshot. Backends first: a transaction that is being prepared is listed as
 * prepared before its backend lets go of it.
 */
export const clock = `
  SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint::text AS clock,
         ARRAY(SELECT backend_xid::text FROM pg_stat_activity WHERE backend_xid IS NOT NULL
               UNION ALL SELECT transaction::text FROM pg_prepared_xacts) AS running`;
