/** The text of an error on stderr. */
import { DriftwardenError, messageOf } from "../errors.ts";

const defect =
  "This was not foreseen and is a defect of Driftwarden; DEBUG=1 shows where it comes from. Please report it.";

/** @param debug whether the stack is shown as well */
export function errorText(error: unknown, { debug }: { readonly debug: boolean }): string {
  const [hint, code] =
    error instanceof DriftwardenError ? [error.hint, error.code] : [defect, undefined];
  const lines = [`error: ${messageOf(error)}`, `hint: ${hint}`];
  if (code !== undefined) lines.push(`code: ${code}`);
  if (debug && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  return lines.join("\n");
}
