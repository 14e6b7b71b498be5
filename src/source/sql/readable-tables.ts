/**
 * Names of at most five tables that could be a source, in the form of the configuration. The role may read them. They
 * have a column of a time type, of a number type and of a text type.
 */
export const readableTables = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\\\_t%'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    AND (SELECT bool_or(t.typcategory = 'D') AND bool_or(t.typcategory = 'N') AND bool_or(t.typcategory = 'S')
         FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
  ORDER BY n.nspname <> 'public', 1
  LIMIT 5`;
