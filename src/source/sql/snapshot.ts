/**
 * The snapshot of the transaction, and the identities of table and cluster. $1: the table's name, quoted.
 *
 * The cluster is identified by its number and its timeline. A standby that was promoted without the last transactions
 * assigns their ids again. The horizon shows this only while the new ids are below it. The timeline always shows it.
 */
export const snapshot = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin,
         pg_snapshot_xmax(pg_current_snapshot())::text AS xmax,
         pg_relation_filenode(to_regclass($1))::text AS relfilenode,
         (SELECT system_identifier::text FROM pg_control_system()) || '/' ||
         CASE WHEN pg_is_in_recovery() THEN (SELECT lpad(to_hex(timeline_id), 8, '0') FROM pg_control_checkpoint())
              ELSE lower(left(pg_walfile_name(pg_current_wal_lsn()), 8)) END AS system_identifier,
         pg_is_in_recovery() AS in_recovery`;
