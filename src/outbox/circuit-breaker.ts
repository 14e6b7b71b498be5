/**
 * Whether a dependency is asked at all: after failures that say it is away, nothing is asked of it for a while, then one
 * probe decides. It delays, the outbox repeats: there is one retry layer, and this is none.
 */
import { backoffMs } from "../backoff.ts";

/** closed: asked freely · open: left alone until a moment · half_open: that moment has come, one probe goes out. */
export type BreakerState = "closed" | "open" | "half_open";

/** Failures in a row after which it opens; one that says when to come back opens it at once. */
const threshold = 3;
const longestPauseMs = 60_000;

/** Used by one worker at a time, so that the probe is one. Cost: three numbers. */
export class Breaker {
  #failures = 0;
  /** Times it opened since the dependency last answered. */
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
   * The dependency is away, or asks to be left alone.
   *
   * @param askedPauseMs what it asked for, honoured; 0 for nothing
   */
  failed(nowMs: number, askedPauseMs = 0): void {
    const state = this.state(nowMs);
    this.#failures += 1;
    if (state === "closed" && askedPauseMs === 0 && this.#failures < threshold) return;
    // Several may be in hand when it opens: only what they ask for is heard.
    const pauseMs = state === "open" ? 0 : backoffMs(this.#openings++, longestPauseMs);
    this.#openUntilMs = Math.max(this.#openUntilMs ?? 0, nowMs + Math.max(askedPauseMs, pauseMs));
  }
}
