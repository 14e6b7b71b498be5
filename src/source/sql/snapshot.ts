/** What the transaction sees, and whether table and cluster are still the ones we know. $1: the table's name, quoted. */
export const snapshot = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin,
         pg_snapshot_xmax(pg_current_snapshot())::text AS xmax,
         pg_relation_filenode(to_regclass($1))::text AS relfilenode,
         (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier`;
