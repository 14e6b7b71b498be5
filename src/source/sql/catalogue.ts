/**
 * The queries that look for tables which may hold importances. They read the catalogue alone, and return few rows
 * however many tables there are.
 */

/** Words in names of tables and columns of importances. */
const hints = "shap|importan|attribut|explain|contribut|feature|influence";
const timeNames = "time|date|epoch|(^|_)(ts|at|when)($|_)|^ts";

/**
 * The $1 tables that fit best, and in `seen` how many there are. Tables that belong to a parent are not counted, since
 * the parent is read. The tables of a store of Driftwarden are left out. With $2, the parts of a name, only the tables of
 * this name.
 *
 * `runs_code`: reading it runs expressions of its owner, or asks another server, as that of a parent of a foreign table
 * does.
 */
export const tables = `
  WITH RECURSIVE above_foreign AS (
    SELECT i.inhparent AS oid FROM pg_inherits i JOIN pg_class f ON f.oid = i.inhrelid WHERE f.relkind = 'f'
    UNION SELECT i.inhparent FROM pg_inherits i JOIN above_foreign a ON a.oid = i.inhrelid
  ), found AS (
    SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.reltuples::float8 AS rows,
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
           c.relkind IN ('v', 'f') OR c.relrowsecurity OR c.oid IN (SELECT oid FROM above_foreign) AS runs_code,
           EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) AS has_children,
           has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS may_write
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND ($2::text[] IS NULL OR c.relname = ($2::text[])[cardinality($2::text[])]
           AND (cardinality($2::text[]) = 1 OR n.nspname = ($2::text[])[1]))
      AND ($2::text[] IS NOT NULL OR NOT c.relispartition
           AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid))
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
      AND n.nspname NOT LIKE '\\_timescaledb%'
      AND NOT EXISTS (SELECT FROM pg_class s WHERE s.relnamespace = n.oid AND s.relname = 'source_progress')
  ), shaped AS (
    SELECT f.*, count(*) OVER () AS seen, a.*
    FROM found f CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE t.typcategory = 'D' OR t.typcategory = 'N' AND a.attname ~* '${timeNames}') AS times,
             count(*) FILTER (WHERE t.typcategory = 'N') AS numbers,
             count(*) FILTER (WHERE t.typname IN ('json', 'jsonb')) AS objects,
             count(*) FILTER (WHERE a.attname ~* '${hints}|model') AS hints
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped) a
  )
  SELECT oid::text, schema, name, kind, rows, readable, runs_code, has_children, may_write, seen::int
  FROM shaped
  ORDER BY times > 0 AND (numbers > 0 OR objects > 0) DESC,
           hints + CASE WHEN name ~* '${hints}' THEN 2 ELSE 0 END DESC, readable DESC, numbers DESC, rows DESC,
           schema <> 'public', schema, name
  LIMIT $1`;

/**
 * The columns of the tables $1 in order. Domains are shown by their base types. `builtin` tells whether the type
 * belongs to Postgres itself.
 */
export const columnsOf = `
  SELECT a.attrelid::text AS oid, a.attname AS name,
         format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL) AS type,
         b.typnamespace = 'pg_catalog'::regnamespace AS builtin
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

/** The valid indexes of the tables $1 without a condition: their columns in order; null stands for an expression. */
export const indexesOf = `
  SELECT i.indrelid::text AS oid, i.indisunique AS is_unique,
         ARRAY(SELECT a.attname::text FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, place)
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
               ORDER BY k.place) AS columns
  FROM pg_index i
  WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid AND i.indpred IS NULL`;

/** The pages of the tables $1 with those of all tables below them. */
export const pagesOf = `
  WITH RECURSIVE below AS (
    SELECT r AS root, r AS oid FROM unnest($1::oid[]) AS r
    UNION SELECT b.root, i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.oid
  )
  SELECT b.root::text AS oid, sum(pg_relation_size(b.oid) / current_setting('block_size')::int)::float8 AS pages,
         sum(greatest(c.reltuples, 0))::float8 AS rows
  FROM below b JOIN pg_class c ON c.oid = b.oid
  GROUP BY b.root`;

/** How many rows of the tables $1 were inserted and updated since the statistics were reset. */
export const writesOf = `
  SELECT relid::text AS oid, n_tup_ins::float8 AS inserted, n_tup_upd::float8 AS updated
  FROM pg_stat_all_tables WHERE relid = ANY ($1::oid[])`;

/** The parts of a name as SQL has it. */
export const nameParts = "SELECT parse_ident($1) AS parts";

/** The role that reads, the server's clock, and whether the server is a standby. */
export const reader = `
  SELECT current_user AS role, current_database() AS database, current_setting('TimeZone') AS "timeZone",
         extract(epoch FROM statement_timestamp())::float8 AS now,
         pg_is_in_recovery() AS "isStandby"`;
