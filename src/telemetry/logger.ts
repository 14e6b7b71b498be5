/** The log: JSON lines on stderr, since stdout is for data. Secrets are removed. */
import { fstatSync } from "node:fs";
import { type Logger, pino } from "pino";
import { DriftwardenError, messageOf } from "../errors.ts";
import { logText } from "./log-text.ts";

export interface LoggerOptions {
  readonly level: "debug" | "info" | "warn" | "error" | "silent";
  /** Destination of the lines. Default: stderr, written at once. */
  readonly destination?: { write(line: string): unknown };
  /** `json` for machines, `text` for people. Default `json`. */
  readonly format?: "json" | "text";
  /** `$JOURNAL_STREAM`, which systemd sets if a stream goes to the journal: `device:inode` of that stream. */
  readonly journalStream?: string | undefined;
}

const secretKeys = ["password", "token", "authorization", "secret"];

/** `postgres://user:word@host` → `postgres://user:<secret>@host`, anywhere in the line. */
function hidePasswords(line: string): string {
  return line.replace(/(:\/\/[^\s:/@"]*):[^\s/@"]+@/g, "$1:<secret>@");
}

/** Names of errors that only a mistake in the program causes. */
const mistakes = /^(Type|Range|Reference|Syntax|Assertion)Error$/;

/**
 * Keeps only fields that cannot hold a secret: client libraries attach whole requests, with headers, to their errors.
 * The stack is kept only for mistakes in the program. For an unreachable server the code is enough.
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: messageOf(error) };
  const code: unknown = Reflect.get(error, "code");
  const ours = error instanceof DriftwardenError;
  const isState = typeof code === "string" || error.name.startsWith("KafkaJS");
  return {
    type: error.name,
    ...(typeof code === "string" && { code }),
    message: messageOf(error),
    ...(ours && { hint: error.hint }),
    ...((mistakes.test(error.name) || !isState) && { stack: error.stack }),
    ...(error.cause !== undefined && { cause: serializeError(error.cause) }),
  };
}

/** syslog's priority of a pino level: 7 debug, 6 info, 4 warning, 3 error, 2 critical. */
function priority(level: number): number {
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
}

/** Whether stderr is the systemd journal. @param journalStream `$JOURNAL_STREAM` */
export function leadsToJournal(journalStream: string | undefined): boolean {
  if (journalStream === undefined) return false;
  const { dev, ino } = fstatSync(2);
  return journalStream === `${dev}:${ino}`;
}

/**
 * Creates the root logger. Each part uses a child of it with its component: `logger.child({ component: "source" })`.
 *
 * If stderr is the systemd journal, each line begins with `<N>`, the priority for the journal.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true });
  const journal = leadsToJournal(options.journalStream);
  const stream = {
    [pino.symbols.needsMetadataGsym]: true as const,
    lastLevel: 30,
    write(line: string): void {
      const safe = hidePasswords(line);
      const shown = options.format === "text" ? logText(safe) : safe;
      destination.write(`${journal ? `<${priority(stream.lastLevel)}>` : ""}${shown}`);
    },
  };
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
      redact: {
        paths: secretKeys.flatMap((key) => [key, `*.${key}`]),
        censor: "<secret>",
      },
    },
    stream,
  );
}
