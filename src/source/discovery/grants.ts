/** The statements that give Driftwarden the rights it needs on a source and on its store. Pure. */
import { sqlIdentifier, sqlName } from "./settings.ts";

interface ReadTable {
  readonly schema: string;
  readonly table: string;
  readonly readable: boolean;
  readonly mayWrite: boolean;
}

interface Login {
  readonly role: string;
  readonly database: string;
}

/** The role that is proposed if the current one may also change the table. */
const reader = "driftwarden_reader";

/** For the owner of the table, as psql takes them; empty when the role has just what it needs. */
export function sourceGrants(table: ReadTable, { role, database }: Login): readonly string[] {
  const { readable, mayWrite } = table;
  if (readable && !mayWrite) return [];
  const named = sqlIdentifier(mayWrite ? reader : role);
  return [
    ...(mayWrite ? [`CREATE ROLE ${named} LOGIN CONNECTION LIMIT 4;`, `\\password ${named}`] : []),
    `GRANT CONNECT ON DATABASE ${sqlIdentifier(database)} TO ${named};`,
    `GRANT USAGE ON SCHEMA ${sqlIdentifier(table.schema)} TO ${named};`,
    `GRANT SELECT ON ${sqlName(table)} TO ${named};`,
  ];
}

/** For a role that may create roles and databases, as psql takes them. */
export function storeGrants({ role, database }: Login): readonly string[] {
  const [owner, name] = [sqlIdentifier(role), sqlIdentifier(database)];
  return [
    `CREATE ROLE ${owner} LOGIN;`,
    `\\password ${owner}`,
    `CREATE DATABASE ${name} OWNER ${owner};`,
  ];
}
