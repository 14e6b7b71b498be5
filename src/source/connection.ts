/** Makes connections to a source whose search_path holds only the schemas of Postgres itself. */
import { Client, type ClientConfig } from "pg";
import { withStartOptions } from "../postgres-address.ts";
import { SourceClient, type SourceSession } from "./client.ts";
import { toSourceError } from "./errors.ts";
import type { SourceConnection } from "./options.ts";
import { safePath } from "./sql/begin.ts";
import { noticeLoss } from "./sql/notice-loss.ts";
import { stopQuery } from "./stop-query.ts";

/**
 * After this time the server ends the transaction of a stopped process. A transaction that waits for the stream is
 * ended long before.
 */
const idleInTransactionMs = 60_000;

/**
 * @param ended called after each statement of the connection
 * @throws SourceError DW_SOURCE_UNREACHABLE, DW_SOURCE_LOGIN_REFUSED, DW_SOURCE_DATABASE_MISSING
 */
export async function connect(
  options: SourceConnection,
  ended?: SourceSession["ended"],
): Promise<SourceClient> {
  const { statementTimeoutMs } = options;
  const config = configOf(options);
  const client = new Client(config);
  // An idle connection that breaks emits this event. The next query then fails, and its caller handles the error.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    void client.end().catch(() => undefined);
    const { host, port } = client;
    throw toSourceError(error, `connecting to ${host}:${port}`);
  }
  const stop = (running: Promise<unknown>): Promise<void> => stopQuery(client, config, running);
  const source = new SourceClient(client, { deadlineMs: statementTimeoutMs, stop, ended });
  // Not every server supports this. On the others only statement_timeout ends the query of a killed process.
  await source.query(noticeLoss).catch(() => undefined);
  return source;
}

function configOf(options: SourceConnection): ClientConfig {
  return {
    connectionString: withSettings(options.url, {
      search_path: safePath,
      default_transaction_read_only: "on",
      statement_timeout: String(Math.round(options.statementTimeoutMs)),
      idle_in_transaction_session_timeout: String(idleInTransactionMs),
    }),
    ...(options.password === undefined ? {} : { password: options.password }),
    application_name: "driftwarden",
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
  };
}

function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return withStartOptions(text, ours);
}

/** The search_path in the URL's own options. It is used only to find the table of the source. */
export function searchPathOf({ url }: Pick<SourceConnection, "url">): string | undefined {
  const options = new URL(url).searchParams.get("options") ?? "";
  return /search_path=((?:\\.|\S)+)/.exec(options)?.[1]?.replaceAll(/\\(.)/g, "$1");
}
