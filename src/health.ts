/** The health that each part of the program reports. */

export interface Health {
  /** Whether it can do its work now. */
  readonly ok: boolean;
  /** What is missing and what to do, when it is not ok. */
  readonly reason?: string | undefined;
}

/** @param reason why the part cannot work now; undefined when it can */
export function healthOf(reason: string | undefined): Health {
  return reason === undefined ? { ok: true } : { ok: false, reason };
}
