/** The errors of a source, and how errors of `pg` are mapped to them. */
import { DatabaseError } from "pg";
import { DriftwardenError, messageOf } from "../errors.ts";
import { type PostgresTrouble, postgresTrouble, troubleHint } from "../postgres-trouble.ts";
import { hintOfUnreachable } from "../unknown-host.ts";
import { maxNameBytes, maxObjectLength, type SourceDropReason } from "./drop-reasons.ts";

type Code =
  | "DW_SOURCE_UNREACHABLE"
  | "DW_SOURCE_LOGIN_REFUSED"
  | "DW_SOURCE_PASSWORD_MISSING"
  | "DW_SOURCE_DATABASE_MISSING"
  | "DW_SOURCE_CERTIFICATE"
  | "DW_SOURCE_TLS_NEEDED"
  | "DW_SOURCE_TLS_MISSING"
  | "DW_SOURCE_POOLER"
  | "DW_SOURCE_FORBIDDEN"
  | "DW_SOURCE_TABLE_MISSING"
  | "DW_SOURCE_COLUMN_MISSING"
  | "DW_SOURCE_COLUMN_TYPE"
  | "DW_SOURCE_TIMEOUT"
  | "DW_SOURCE_QUERY_FAILED"
  | "DW_SOURCE_ROW_UNUSABLE"
  | "DW_SOURCE_NAME_CLEANED"
  | "DW_SOURCE_ROW_NOT_FINITE"
  | "DW_SOURCE_STREAM_REFUSED"
  | "DW_SOURCE_STREAM_LATE"
  | "DW_SOURCE_STORE_REFUSED"
  | "DW_SOURCE_OLDER_PROCESS";

/**
 * Any failure of a source. The poller repeats the poll after each. `retryable` tells whether repeating alone may help.
 */
export class SourceError extends DriftwardenError<Code> {
  /** For a metric's label: `forbidden`, `column_missing`, … */
  get reason(): string {
    return this.code.replace("DW_SOURCE_", "").toLowerCase();
  }
}

interface SourceErrorClassification {
  readonly code: Code;
  readonly hint: string;
  readonly retryable?: boolean;
}

const unreachable: SourceErrorClassification = {
  code: "DW_SOURCE_UNREACHABLE",
  hint: "Check host and port of the source's url, the firewall between, and whether Postgres runs and accepts connections.",
  retryable: true,
};

const missingHint =
  "Check the database name in the source's url, and set table of the source, with its schema if it is not on the search path.";

/**
 * Connections that the role of `sources` sources needs: the poller's, a picture's or a command's, and `doctor`'s of each
 * source, and one more.
 */
const connectionsFor = (sources: number): number => 3 * sources + 1;

const connectionsHint = `The role has no free connection: ALTER ROLE readonly CONNECTION LIMIT ${connectionsFor(1)} is enough where it reads one source, ${connectionsFor(4)} for four, ${connectionsFor(2) - connectionsFor(1)} more for each. If the whole server is full, raise max_connections.`;

/** Start of an SQLSTATE → its classification for a source. The first match counts. */
const sqlStates: readonly (readonly [start: string, classified: SourceErrorClassification])[] = [
  ["42P01", { code: "DW_SOURCE_TABLE_MISSING", hint: missingHint }],
  [
    "42501",
    {
      code: "DW_SOURCE_FORBIDDEN",
      hint: "Grant the rights of docs/how-to/grants.md to the source's user.",
    },
  ],
  [
    "57014",
    {
      code: "DW_SOURCE_TIMEOUT",
      hint: "Create an index on the timestamp column, or raise statement_timeout of the source.",
      retryable: true,
    },
  ],
  ["57P", unreachable],
  ["08", unreachable],
  ["53300", { ...unreachable, hint: connectionsHint }],
];

const troubles: Readonly<Record<PostgresTrouble, Code>> = {
  password_missing: "DW_SOURCE_PASSWORD_MISSING",
  login_refused: "DW_SOURCE_LOGIN_REFUSED",
  database_missing: "DW_SOURCE_DATABASE_MISSING",
  certificate: "DW_SOURCE_CERTIFICATE",
  tls_needed: "DW_SOURCE_TLS_NEEDED",
  tls_missing: "DW_SOURCE_TLS_MISSING",
  pooler: "DW_SOURCE_POOLER",
};

const queryFailed: SourceErrorClassification = {
  code: "DW_SOURCE_QUERY_FAILED",
  hint: "Correct what the message of Postgres names: the table, a column or the url of the source.",
  retryable: true,
};

function classify(error: unknown): SourceErrorClassification {
  const trouble = postgresTrouble(error);
  if (trouble !== undefined) {
    return { code: troubles[trouble], hint: troubleHint(trouble, "the source") };
  }
  // All other errors come from the socket: refused, reset, timed out, no such host.
  if (!(error instanceof DatabaseError))
    return { ...unreachable, hint: hintOfUnreachable(error, unreachable.hint) };
  const code = error.code ?? "";
  return sqlStates.find(([start]) => code.startsWith(start))?.[1] ?? queryFailed;
}

/**
 * Turns any error of a source's connection into a SourceError. A SourceError stays unchanged.
 *
 * @param doing the failed operation as a gerund, such as "polling public.explainability_metrics"
 */
export function toSourceError(error: unknown, doing: string): SourceError {
  if (error instanceof SourceError) return error;
  const { code, hint, retryable = false } = classify(error);
  return new SourceError(code, `${doing}: ${messageOf(error)}`, { hint, retryable, cause: error });
}

/** A statement was ended at its deadline, by the server or by this process. */
export function outOfTime(deadlineMs: number, cause?: unknown): SourceError {
  const seconds = deadlineMs / 1000;
  return new SourceError("DW_SOURCE_TIMEOUT", `a statement has not ended within ${seconds} s`, {
    hint: "Create an index on the timestamp column, or raise statement_timeout of the source; views, history and the slow levels get twenty times as much.",
    retryable: true,
    cause,
  });
}

/** The stream rejected the records. The same records are read and sent again. */
export const streamRefused = (error: unknown): SourceError =>
  new SourceError(
    "DW_SOURCE_STREAM_REFUSED",
    `handing records to the stream: ${messageOf(error)}`,
    {
      hint: "Look at the stream's own errors; the source goes on by itself when the stream does.",
      retryable: true,
      cause: error,
    },
  );

/** The stream has not acknowledged the records in time. The source's transaction is ended meanwhile. */
export const streamLate = (ms: number): SourceError =>
  new SourceError("DW_SOURCE_STREAM_LATE", `the stream has not answered for ${ms / 1000} s`, {
    hint: "Look at the stream's own errors; reading goes on after the last acknowledged row once it answers.",
    retryable: true,
  });

/** The store could not save or load the source's positions. */
export const storeRefused = (error: unknown): SourceError =>
  new SourceError(
    "DW_SOURCE_STORE_REFUSED",
    `keeping the source's positions: ${messageOf(error)}`,
    {
      hint: "Look at the store's own errors; the source goes on by itself when the store does.",
      retryable: true,
      cause: error,
    },
  );

/** @param owners live processes of a version that cannot read rows with several importances */
export const olderReaders = (owners: readonly string[]): SourceError =>
  new SourceError(
    "DW_SOURCE_OLDER_PROCESS",
    `waiting for older processes, which cannot read rows with several importances: ${owners.join(", ")}`,
    {
      hint: "Upgrade or stop these processes of the group; the source goes on by itself then. Nothing is lost meanwhile.",
      retryable: true,
    },
  );

/** @param readable tables that the operator may have meant */
export function tableMissing(name: string, readable: readonly string[] = []): SourceError {
  const may = readable.length === 0 ? "" : ` This role may read ${readable.join(", ")}.`;
  return new SourceError("DW_SOURCE_TABLE_MISSING", `there is no table ${name}`, {
    hint: `${missingHint}${may}`,
  });
}

/** Why a row of a wide table or of one with objects is left out as a whole. */
const valueReasons: Readonly<
  Partial<Record<SourceDropReason, { readonly message: string; readonly hint: string }>>
> = {
  no_values: {
    message: "without any value",
    hint: "Find out who writes rows in which every feature is NULL, or an empty object.",
  },
  not_an_object: {
    message: "whose values are no object from feature to number",
    hint: 'Find out who writes them: an object looks like {"age": 0.31, "income": 0.12}.',
  },
  long_object: {
    message: `whose object has more than ${maxObjectLength} characters`,
    hint: "Name another column in columns.values of the source, or a view that keeps the features to watch.",
  },
};

/** Rows cannot belong to a series and are left out. The error is only logged. */
export function rowUnusable(reason: SourceDropReason): SourceError {
  const [what = "", column = ""] = reason.split("_");
  const ofValues = valueReasons[reason];
  if (ofValues !== undefined)
    return new SourceError("DW_SOURCE_ROW_UNUSABLE", `rows ${ofValues.message} are left out`, {
      hint: ofValues.hint,
    });
  const isLong = what === "long";
  const message = isLong ? `whose ${column} is too long for a name` : `without a ${column}`;
  const hint = isLong
    ? `Find out who writes such a ${column}: names of features have at most ${maxNameBytes.feature} bytes, of models ${maxNameBytes.model}.`
    : `Find out who writes rows with an empty ${column}, and make the column NOT NULL.`;
  return new SourceError("DW_SOURCE_ROW_UNUSABLE", `rows ${message} are left out`, { hint });
}

/** Control characters and direction marks were removed from names. The error is only logged. */
export const nameCleaned = (): SourceError =>
  new SourceError("DW_SOURCE_NAME_CLEANED", "names hold controls or marks of direction", {
    hint: "Find out who writes them; they are read as blanks or left out of the name.",
  });

/** Importances are not finite. Detection judges them. The error is only logged. */
export const rowNotFinite = (): SourceError =>
  new SourceError("DW_SOURCE_ROW_NOT_FINITE", "rows have an importance that is no finite number", {
    hint: "Look at the model that exports them: NaN and infinity usually come from a division by zero in its explainer.",
  });
