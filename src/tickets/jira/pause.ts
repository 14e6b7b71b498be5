/**
 * Holds back all requests of the process while Jira limits everybody or refuses the login: those of effects, of the
 * reading of comments, of the watch on tickets and of probes.
 *
 *     asked freely ── a limit for everybody ──► not asked until its end ──► asked freely
 *          └──────── a login is refused ──► not asked until the token changes, or one slow try passes ──┘
 *
 * Each login that is tried while it is refused can lock the account (CAPTCHA), so at most one is tried at a time.
 */
import { createHash } from "node:crypto";
import { TrackerError } from "../errors.ts";
import { captcha, loginFailed } from "./judge.ts";

/** Pause after a limit for everybody that does not say when it ends. */
const burstMs = 2000;
/**
 * Pause between two logins during the first ten minutes. A failing single sign-on or proxy refuses logins too, without
 * counting them. Together with the pause of the breaker, tickets come within 30 s of its recovery.
 */
const soonMs = 5000;
const soonForMs = 600_000;
const laterMs = 120_000;
/** Pause after a refused login that Jira counts: it demands a CAPTCHA after a few. */
const countedMs = 600_000;
/** How long the others wait for a try whose answer is lost. */
const tryMs = 60_000;

interface RefusedLogin {
  /** Hash of the credentials that were refused. */
  readonly key: string;
  readonly error: TrackerError;
  /** When they were first refused. */
  readonly sinceMs: number;
  /** When one more may be tried. */
  untilMs: number;
}

export class JiraPause {
  readonly #now: () => number;
  #limit: { readonly error: TrackerError; readonly untilMs: number } | undefined;
  #login: RefusedLogin | undefined;

  /** @param now milliseconds that never go back; default: the machine's */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Call it before each request.
   *
   * @param doing what is not done now, for the message
   * @param credentials as they would be sent
   * @throws TrackerError with the reason of the pause, without asking Jira
   */
  check(doing: string, credentials: string): void {
    const now = this.#now();
    const limit = this.#limit;
    if (limit !== undefined && now < limit.untilMs)
      throw notAsked(doing, limit.error, Math.ceil(limit.untilMs - now));
    const login = this.#login;
    if (login === undefined || login.key !== hashOf(credentials)) return;
    if (now < login.untilMs) throw notAsked(doing, login.error);
    // This request is the try. The others wait for its result.
    login.untilMs = now + tryMs;
  }

  /** Jira took the credentials. */
  passed(): void {
    this.#login = undefined;
  }

  /** Call it with the error with which Jira refused a request. */
  refused(error: TrackerError, credentials: string): void {
    const key = hashOf(credentials);
    const known = this.#login?.key === key ? this.#login : undefined;
    if (error.code === "DW_TRACKER_UNAUTHORIZED") {
      const now = this.#now();
      const sinceMs = known?.sinceMs ?? now;
      this.#login = { key, error, sinceMs, untilMs: now + untilNextTryMs(error, now - sinceMs) };
      return;
    }
    // The request failed for another reason than the login, so the next one may be sent at once.
    if (known !== undefined) known.untilMs = this.#now();
    const untilMs = this.#now() + limitMs(error);
    if (untilMs > Math.max(this.#now(), this.#limit?.untilMs ?? 0))
      this.#limit = { error, untilMs };
  }
}

/** How long no request may be sent; 0 where the error concerns this request only. */
function limitMs({ code, oneIssueOnly, retryAfterMs }: TrackerError): number {
  if (oneIssueOnly) return 0;
  if (code === "DW_TRACKER_RATE_LIMITED") return Math.max(retryAfterMs ?? burstMs, 1);
  return code === "DW_TRACKER_UNAVAILABLE" ? (retryAfterMs ?? 0) : 0;
}

function untilNextTryMs({ reason }: TrackerError, lastsMs: number): number {
  if (reason === captcha || reason === loginFailed) return countedMs;
  return lastsMs < soonForMs ? soonMs : laterMs;
}

/** For a refused login no time to wait is named, because a new token has to be tried at once. */
function notAsked(doing: string, error: TrackerError, retryAfterMs?: number): TrackerError {
  return new TrackerError(error.code, `${doing}: not asked now, after ${error.message}`, {
    hint: error.hint,
    retryable: true,
    reason: error.reason,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

const hashOf = (credentials: string): string =>
  createHash("sha256").update(credentials).digest("hex");
