/** Maps an error to the exit code. People and systemd rely on this table (docs/ARCHITECTURE.md). */
import { DriftwardenError } from "../errors.ts";

/** A file that cannot be read is wrong usage, whichever file it is. */
const usage = /^DW_CLI_|^DW_ADDRESS_|^DW_SANDBOX_PORT_TAKEN$|^DW_CONFIG_UNREADABLE$/;
/**
 * The file is wrong, a server refuses its login, database or encryption, or the store needs a newer program. Starting
 * again changes nothing.
 */
const configuration =
  /^DW_CONFIG_|^DW_EXECUTOR_PEER$|^DW_STORE_TOO_NEW$|^DW_(STORE|STREAM)_(PASSWORD_MISSING|LOGIN_REFUSED|DATABASE_MISSING|TLS_NEEDED|TLS_MISSING|POOLER)$/;
/** Store, source or broker out of reach, within `startup_timeout` or at all. */
const unreachable = /^DW_(STORE|SOURCE|STREAM|KAFKA|LOG)_UNREACHABLE$/;

export const unreachableCode = 75;

/** @returns 2, 78, 75 or 1 */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof DriftwardenError)) return 1;
  if (usage.test(error.code)) return 2;
  if (configuration.test(error.code)) return 78;
  return unreachable.test(error.code) ? unreachableCode : 1;
}
