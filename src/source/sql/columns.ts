/**
 * The columns of a table ($1: its oid) in order, with their types. Domains are shown by their base types. `builtin`
 * tells whether the type belongs to Postgres itself.
 */
export const columns = `
  SELECT a.attname AS name,
         format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL) AS type,
         b.typnamespace = 'pg_catalog'::regnamespace AS builtin
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;
