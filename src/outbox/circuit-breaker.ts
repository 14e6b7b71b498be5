/**
 * Decides whether a dependency may be asked. A breaker opens after three failures in a row that show the dependency as
 * unavailable, or after one that asks for a pause. While it is open, no effect is sent. After the pause one probe is sent. Its result closes the breaker or
 * opens it again.
 *
 *     closed ──3 failures, or one that asks for a pause──► open ──pause over──► half_open ──probe succeeds──► closed
 *                                                            ▲                      │ probe fails
 *                                                            └──── a longer pause ──┘
 *
 * The breaker only delays effects. Only the outbox repeats them, so retries do not multiply.
 */
import { backoffMs } from "../backoff.ts";

/**
 * closed: effects are sent · open: nothing is sent until the pause ends · half_open: the pause is over, and one probe
 * is sent.
 */
export type BreakerState = "closed" | "open" | "half_open";

/** Failures in a row that open the breaker. One failure opens it if it asks for a pause. */
const threshold = 3;
/** Longest pause, unless the dependency asks for a longer one. */
const longestPauseMs = 20_000;

/** One dispatcher uses it. The dispatcher sends one probe at a time. */
export class CircuitBreaker {
  #failures = 0;
  /** How often the breaker opened since the dependency last carried out or refused an effect. */
  #openings = 0;
  #openUntilMs: number | undefined;

  state(nowMs: number): BreakerState {
    if (this.#openUntilMs === undefined) return "closed";
    return nowMs < this.#openUntilMs ? "open" : "half_open";
  }

  /** When the next probe may go out; undefined while closed. */
  get retryAtMs(): number | undefined {
    return this.#openUntilMs;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openings = 0;
    this.#openUntilMs = undefined;
  }

  /**
   * A cheap read succeeded, so the breaker closes. The count of openings stays: the dependency may answer reads and
   * still fail every effect. Then the next pause is longer.
   */
  passedProbe(): void {
    this.#failures = 0;
    this.#openUntilMs = undefined;
  }

  /**
   * Records a failure of an unavailable dependency, or its request for a pause.
   *
   * @param askedPauseMs the least pause that the dependency asks for; 0 if it asks for none
   */
  failed(nowMs: number, askedPauseMs = 0): void {
    const state = this.state(nowMs);
    this.#failures += 1;
    if (state === "closed" && askedPauseMs === 0 && this.#failures < threshold) return;
    // Effects that are being carried out may still fail after the breaker opened. They lengthen the pause only if they
    // ask for one.
    const pauseMs = state === "open" ? 0 : backoffMs(this.#openings++, longestPauseMs);
    this.#openUntilMs = Math.max(this.#openUntilMs ?? 0, nowMs + Math.max(askedPauseMs, pauseMs));
  }
}
