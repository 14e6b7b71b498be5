/** The text of an error on stderr. */
import { DriftwardenError, messageOf } from "../errors.ts";
import { createLogger, leadsToJournal } from "../telemetry/logger.ts";

const defect =
  "This was not foreseen and is a defect of Driftwarden; DEBUG=1 shows where it comes from. Please report it.";

export interface ErrorTextOptions {
  /** Whether the stack is shown as well. */
  readonly debug: boolean;
  /** `$JOURNAL_STREAM`. In the systemd journal the error is one entry, like each line of the log. */
  readonly journalStream?: string | undefined;
}

export function errorText(error: unknown, { debug, journalStream }: ErrorTextOptions): string {
  if (leadsToJournal(journalStream)) return journalLine(error, journalStream);
  const [hint, code] =
    error instanceof DriftwardenError ? [error.hint, error.code] : [defect, undefined];
  const lines = [`error: ${messageOf(error)}`, `hint: ${hint}`];
  if (code !== undefined) lines.push(`code: ${code}`);
  if (debug && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  return lines.join("\n");
}

function journalLine(error: unknown, journalStream: string | undefined): string {
  let written = "";
  const destination = { write: (line: string) => (written += line) };
  createLogger({ level: "error", destination, journalStream }).error({ err: error }, "ended");
  return written.trimEnd();
}
