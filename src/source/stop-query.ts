/**
 * Ends a query that still runs on the server. Closing the socket does not end it, because Postgres detects a closed
 * socket only at its next write.
 */
import { once } from "node:events";
import { connect, type NetConnectOpts, Socket } from "node:net";
import { setTimeout as timer } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";

/** The code of a CancelRequest (PostgreSQL manual, Message Formats). */
const cancelRequest = 80_877_102;
const patienceMs = 1000;

/** A role may end its own sessions. The application name protects another session that has got the same process id. */
const terminate = `
  SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
  WHERE a.pid OPERATOR(pg_catalog.=) $1 AND a.usename OPERATOR(pg_catalog.=) CURRENT_USER
    AND a.application_name OPERATOR(pg_catalog.=) 'driftwarden'::pg_catalog.text`;

/**
 * Asks the server to cancel the query. If the query has not ended a second later, terminates the session, because a
 * function may catch the cancellation. Never rejects: an unreachable server ends the query at its statement_timeout.
 *
 * @param config of another connection to the same server
 * @param running settles when the query has ended
 */
export async function stopQuery(
  client: Client,
  config: ClientConfig,
  running: Promise<unknown>,
): Promise<void> {
  const [pid, secret] = [backendNumber(client, "processID"), backendNumber(client, "secretKey")];
  if (pid === undefined || secret === undefined) return;
  await cancel(client, pid, secret).catch(() => undefined);
  const ended = await Promise.race([running.then(() => true), timer(patienceMs, false)]);
  if (!ended) await terminated(config, pid).catch(() => undefined);
}

/**
 * Closes a connection. A server or network that has stopped answers no goodbye, so the socket is destroyed a second
 * later. Otherwise the poller would wait for it, and the lease of the source with it. Never rejects.
 */
export async function closeClient(client: Client): Promise<void> {
  const closed = client.end().then(
    () => true,
    () => true,
  );
  if (await Promise.race([closed, timer(patienceMs, false, { ref: false })])) return;
  // pg's types do not declare the socket.
  const socket: unknown = Reflect.get(Object(Reflect.get(client, "connection")), "stream");
  if (socket instanceof Socket) socket.destroy();
}

/** A number that the server sent at the start of the session. pg's types do not declare it. */
function backendNumber(client: Client, name: "processID" | "secretKey"): number | undefined {
  const value: unknown = Reflect.get(client, name);
  return typeof value === "number" ? value : undefined;
}

async function cancel({ host, port }: Client, pid: number, secret: number): Promise<void> {
  const at: NetConnectOpts = host.startsWith("/")
    ? { path: `${host}/.s.PGSQL.${port}` }
    : { host, port };
  const socket = connect(at);
  const message = Buffer.alloc(16);
  for (const [place, number] of [16, cancelRequest, pid, secret].entries())
    message.writeInt32BE(number, place * 4);
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(patienceMs) });
    socket.end(message);
    // The server closes the connection after it has sent the signal.
    await once(socket.resume(), "close", { signal: AbortSignal.timeout(patienceMs) });
  } finally {
    socket.on("error", () => undefined).destroy();
  }
}

async function terminated(config: ClientConfig, pid: number): Promise<void> {
  const other = new Client({ ...config, query_timeout: 2 * patienceMs });
  other.on("error", () => undefined);
  try {
    await other.connect();
    await other.query(terminate, [pid]);
  } finally {
    await closeClient(other);
  }
}
