/** One connection to a source, with a deadline on everything. */
import { Client } from "pg";
import { toSourceError } from "./errors.ts";
import type { SourceConnection } from "./options.ts";

/** Our deadline behind the server's own: for a server that does not answer at all. */
export const answerTimeoutMs = (statementTimeoutMs: number): number =>
  statementTimeoutMs * 1.5 + 1_000;

/**
 * @throws SourceError DW_SOURCE_UNREACHABLE, DW_SOURCE_LOGIN_REFUSED, DW_SOURCE_DATABASE_MISSING
 */
export async function connect(options: SourceConnection): Promise<Client> {
  const client = new Client({
    connectionString: options.url,
    ...(options.password === undefined ? {} : { password: options.password }),
    application_name: "driftwarden",
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: answerTimeoutMs(options.statementTimeoutMs),
    keepAlive: true,
  });
  // A connection that breaks while idle says so here; the next query fails and is handled there.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    void client.end().catch(() => undefined);
    const { host, port } = client;
    throw toSourceError(error, `connecting to ${host}:${port}`);
  }
  return client;
}
