/**
 * The search path of the role, in which a table without a schema is looked up. No other query uses that path.
 */

/** The search path that an administrator has set for this role or database. The most specific setting counts. */
export const configuredPath = `
  SELECT substr(c.setting, 13) AS path
  FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)
  WHERE c.setting LIKE 'search\\_path=%'
    AND s.setrole IN (0, (SELECT r.oid FROM pg_roles r WHERE r.rolname = session_user))
    AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
  ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC
  LIMIT 1`;

/** Sets the search path ($1) until the transaction ends or the path is set again. */
export const usePath = "SELECT pg_catalog.set_config('search_path', $1, true)";

/** The schemas of the search path that exist and that the role may use, in order. */
export const schemasOnPath =
  "SELECT pg_catalog.current_schemas(false)::pg_catalog.text[] AS schemas";
