/**
 * While the server runs a query, it checks every second whether this client is still connected (from Postgres 14 on
 * Linux).
 */
export const noticeLoss = `
  SELECT pg_catalog.set_config(s.name, '1000', false) FROM pg_catalog.pg_settings s
  WHERE s.name OPERATOR(pg_catalog.=) 'client_connection_check_interval'::pg_catalog.text`;
