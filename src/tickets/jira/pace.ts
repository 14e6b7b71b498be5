/**
 * Keeps requests below the rate that Jira names in its answers, so that it refuses none of them. All requests of a
 * process go through one object of this class.
 *
 *     Data Center: a bucket of tokens, its size, what is left and how fast it fills, in each answer
 *     Cloud: a header, once fewer than a fifth of the requests of this second are left
 *
 * Formula for Data Center: left(t) = min(size, left at the last answer − requests sent since + rate · time since).
 * Several processes may share an account. Each answer shows what all of them have used.
 */
import { type Clock, systemClock } from "../../clock.ts";

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

interface Bucket {
  readonly size: number;
  readonly fillsEachMs: number;
  readonly left: number;
  readonly atMs: number;
}

/** Tokens that are not used, because the answers of other processes come later than their requests. */
const spare = 2;
/** Below this part of the bucket there is no room for what may wait. */
const roomPart = 0.7;
/** The second for which Cloud counts requests. */
const countedMs = 1000;
/** Never goes back: Jira fills its bucket whatever the clock of this machine shows. */
const steadyClock = { ...systemClock, now: () => performance.now() };
/** A server that names a rate of nearly nothing must not stop everything. The request is sent, and it may refuse it. */
const longestMs = 10_000;

export class JiraPace {
  readonly #clock: Pick<Clock, "now" | "sleep">;
  #bucket: Bucket | undefined;
  #underway = 0;
  #notBeforeMs = -Infinity;

  constructor(clock: Pick<Clock, "now" | "sleep"> = steadyClock) {
    this.#clock = clock;
  }

  /** Whether there is room for requests that are not urgent. */
  get hasRoom(): boolean {
    const now = this.#clock.now();
    if (now < this.#notBeforeMs) return false;
    return this.#bucket === undefined || this.#left(this.#bucket) >= this.#bucket.size * roomPart;
  }

  /**
   * Waits until a request may be sent, at most ten seconds.
   *
   * @returns call it once when the request is over, with the headers of its answer if there is one
   */
  async turn(): Promise<(headers?: Headers) => void> {
    const untilMs = this.#clock.now() + longestMs;
    for (;;) {
      const waitMs = Math.min(this.#waitMs(), untilMs - this.#clock.now());
      if (waitMs <= 0) break;
      await this.#clock.sleep(Math.ceil(waitMs));
    }
    this.#underway += 1;
    if (this.#bucket !== undefined)
      this.#bucket = this.#with(this.#bucket, this.#left(this.#bucket) - 1);
    return (headers) => {
      this.#underway -= 1;
      if (headers !== undefined) this.#learn(headers);
    };
  }

  #waitMs(): number {
    const now = this.#clock.now();
    const pausedMs = Math.max(0, this.#notBeforeMs - now);
    if (this.#bucket === undefined) return pausedMs;
    const missing = Math.min(spare + 1, this.#bucket.size) - this.#left(this.#bucket);
    return Math.max(pausedMs, missing / this.#bucket.fillsEachMs);
  }

  #learn(headers: Headers): void {
    const now = this.#clock.now();
    if (headers["x-ratelimit-nearlimit"] === "true") this.#notBeforeMs = now + countedMs;
    const size = numberIn(headers, "x-ratelimit-limit");
    const remaining = numberIn(headers, "x-ratelimit-remaining");
    const rate = numberIn(headers, "x-ratelimit-fillrate");
    const seconds = numberIn(headers, "x-ratelimit-interval-seconds");
    if (!(size > 0 && remaining >= 0 && rate > 0 && seconds > 0)) return;
    // The server may not have counted those that are on their way.
    const shown = remaining - this.#underway;
    const known = this.#bucket && this.#underway > 0 ? this.#left(this.#bucket) : Infinity;
    const fillsEachMs = rate / (seconds * 1000);
    this.#bucket = { size, fillsEachMs, left: Math.min(shown, known), atMs: now };
  }

  #left({ size, fillsEachMs, left, atMs }: Bucket): number {
    return Math.min(size, left + Math.max(0, this.#clock.now() - atMs) * fillsEachMs);
  }

  #with(bucket: Bucket, left: number): Bucket {
    return { ...bucket, left, atMs: this.#clock.now() };
  }
}

function numberIn(headers: Headers, name: string): number {
  const text = headers[name];
  return typeof text === "string" && /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
