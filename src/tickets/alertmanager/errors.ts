/** The errors between Driftwarden and an Alertmanager. */
import { DriftwardenError } from "../../errors.ts";

export type AlertmanagerErrorCode =
  | "DW_ALERTMANAGER_UNREACHABLE"
  | "DW_ALERTMANAGER_TIMEOUT"
  | "DW_ALERTMANAGER_UNAVAILABLE"
  | "DW_ALERTMANAGER_UNAUTHORIZED"
  | "DW_ALERTMANAGER_REFUSED"
  | "DW_ALERTMANAGER_PROTOCOL";

/** Its text never holds credentials, or what was sent. Each is retryable, because an operator can mend its cause. */
export class AlertmanagerError extends DriftwardenError<AlertmanagerErrorCode> {
  /** Try again no sooner than this, ms; undefined where nothing was asked for. */
  readonly retryAfterMs: number | undefined;

  /** An Alertmanager that refuses one alert is available, and may take the others. */
  override get unavailable(): boolean {
    return this.code !== "DW_ALERTMANAGER_REFUSED";
  }

  constructor(
    code: AlertmanagerErrorCode,
    message: string,
    { hint, retryAfterMs }: { readonly hint: string; readonly retryAfterMs?: number | undefined },
  ) {
    super(code, message, { hint, retryable: true });
    this.retryAfterMs = retryAfterMs;
  }
}
