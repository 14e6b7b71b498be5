/** The errors of the store. */
import { DriftwardenError } from "../errors.ts";

export type StoreCode =
  | "DW_STORE_UNREACHABLE"
  | "DW_STORE_REFUSED"
  | "DW_STORE_PASSWORD_MISSING"
  | "DW_STORE_LOGIN_REFUSED"
  | "DW_STORE_DATABASE_MISSING"
  | "DW_STORE_CERTIFICATE"
  | "DW_STORE_TLS_NEEDED"
  | "DW_STORE_TLS_MISSING"
  | "DW_STORE_POOLER"
  | "DW_STORE_READ_ONLY"
  | "DW_STORE_TOO_NEW"
  | "DW_STORE_TOO_OLD"
  | "DW_STORE_COMMIT_UNKNOWN"
  | "DW_STORE_FENCED";

/**
 * `DW_STORE_COMMIT_UNKNOWN` is never retryable: the transaction may have committed. Read the stored state before any
 * further write. `DW_STORE_FENCED` means that another process has taken over: drop the state in memory.
 */
export class StoreError extends DriftwardenError<StoreCode> {}

/** @param what for example `partition 3 of explainability, epoch 7` */
export function fenced(what: string): StoreError {
  return new StoreError("DW_STORE_FENCED", `${what} has been taken over`, {
    hint: "Nothing to do: another process owns it now. If it repeats, look for a process that is starved or was paused.",
  });
}
