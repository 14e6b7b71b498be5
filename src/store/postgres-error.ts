/** Classifies errors of Postgres and its driver: a lost connection, a refusal, a conflict that is worth a retry. */
import { DatabaseError } from "pg";
import { DriftwardenError, messageOf } from "../errors.ts";
import { type PostgresTrouble, postgresTrouble, troubleHint } from "../postgres-trouble.ts";
import { hintOfUnreachable } from "../unknown-host.ts";
import { connectionsNeeded } from "./connection.ts";
import { type StoreCode, StoreError } from "./errors.ts";

export type PostgresFailure = "conflict" | "lost" | "refused" | "other";

/** SQLSTATEs that waiting does not repair: wrong credentials, missing database or schema, missing right. */
const refusals = /^(28|3D000|3F000|42501)/;
/** The connection or the server is lost: connection exceptions, too many connections, shutdown, startup. */
const losses = /^(08|53300|57P0|25P03)/;
const conflicts = /^(40001|40P01)$/;
/** Error codes of Node's sockets when a connection cannot be made or is lost. */
const socketCodes =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ENOENT|EACCES|ERR_STREAM|ERR_SOCKET)/;
const driverWords =
  /connection (terminated|error)|timeout e(xceeded|xpired)|query read timeout|not queryable|client was closed|after calling end/i;

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

/**
 * The server cannot carry out any statement now: no disk space, no memory, read-only, an I/O error. A conflict counts
 * too.
 */
const unwell = /^(08|25006|40|53|55P03|57P|58)/;

/** Whether the server cannot work now. The same statement may succeed later. */
export function isServerUnwell(error: unknown): boolean {
  return error instanceof DatabaseError && unwell.test(codeOf(error));
}

export function classify(error: unknown): PostgresFailure {
  // An error of Driftwarden. Its message may quote the driver's words, so they are not searched.
  if (error instanceof DriftwardenError) return "other";
  const code = codeOf(error);
  if (!(error instanceof DatabaseError)) {
    return socketCodes.test(code) || driverWords.test(messageOf(error)) ? "lost" : "other";
  }
  if (conflicts.test(code)) return "conflict";
  if (losses.test(code)) return "lost";
  return refusals.test(code) ? "refused" : "other";
}

const troubles: Readonly<Record<PostgresTrouble, StoreCode>> = {
  password_missing: "DW_STORE_PASSWORD_MISSING",
  login_refused: "DW_STORE_LOGIN_REFUSED",
  database_missing: "DW_STORE_DATABASE_MISSING",
  certificate: "DW_STORE_CERTIFICATE",
  tls_needed: "DW_STORE_TLS_NEEDED",
  tls_missing: "DW_STORE_TLS_MISSING",
  pooler: "DW_STORE_POOLER",
};

const awayHint =
  "Check that the store's Postgres runs and that store.url names its host and port; Driftwarden goes on by itself when it is back.";
const connectionsHint = `The store's role has no free connection: allow ${connectionsNeeded} for each Driftwarden process (ALTER ROLE … CONNECTION LIMIT), or raise max_connections if the whole server is full. Driftwarden goes on by itself then.`;

/**
 * Turns losses, refusals and known faults of the setup into a StoreError for the operator. Other errors stay unchanged.
 */
export function asStoreError(error: unknown, doing: string): unknown {
  if (error instanceof DriftwardenError) return error;
  const trouble = postgresTrouble(error);
  if (trouble !== undefined) {
    const hint = troubleHint(trouble, "store");
    return new StoreError(troubles[trouble], `${doing}: ${messageOf(error)}`, {
      hint,
      cause: error,
    });
  }
  const failure = classify(error);
  if (failure === "lost") {
    return new StoreError("DW_STORE_UNREACHABLE", `${doing}: ${messageOf(error)}`, {
      hint: codeOf(error) === "53300" ? connectionsHint : hintOfUnreachable(error, awayHint),
      retryable: true,
      cause: error,
    });
  }
  if (failure === "refused") {
    return new StoreError("DW_STORE_REFUSED", `${doing}: ${messageOf(error)}`, {
      hint: "Let the role create or use the store's schema (docs/how-to/grants.md).",
      cause: error,
    });
  }
  return error;
}
