/**
 * Looks a table up by its name ($1, parts unquoted), and whether the role may read it. A name without a schema is
 * looked up in the schemas of $2 in their order, then in public. $2 lacks public if the role has no rights on it.
 */
export const table = `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
         has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
         EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) AS has_children,
         current_user AS role
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ($1::text[])[cardinality($1::text[])]
    AND CASE WHEN cardinality($1::text[]) = 1 THEN n.nspname = ANY ($2::text[]) OR n.nspname = 'public'
             ELSE n.nspname = ($1::text[])[1] END
  ORDER BY array_position($2::text[], n.nspname::text) NULLS LAST
  LIMIT 1`;
