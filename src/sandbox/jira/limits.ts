/** The rate limits of both flavours, as Atlassian documents them, with the headers that tell of them. */
import type { Clock } from "../../clock.ts";
import type { Deployment } from "./accounts.ts";

export interface LimitedRequest {
  readonly method: string;
  /** Name of the account. */
  readonly account: string;
  /** Id of the issue that it writes to. */
  readonly writesTo: string | undefined;
}

export interface LimitAnswer {
  readonly refused: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RateLimits {
  /** Counts a request, unless it is refused. */
  take(request: LimitedRequest): LimitAnswer;
  /** Uses up the quota of the site until this time, ms since 1970. */
  exhaust(untilMs: number): void;
}

interface Limit {
  readonly most: number;
  readonly withinMs: number;
  readonly reason: string;
}

/** Cloud: this many requests a second, by method (developer.atlassian.com, rate limiting, 2026-03). */
const burst = (method: string): Limit => ({
  most: method === "PUT" || method === "DELETE" ? 50 : 100,
  withinMs: 1000,
  reason: "jira-burst-based",
});

/** Cloud: this many writes to one issue. */
const perIssue: readonly Limit[] = [
  { most: 20, withinMs: 2000, reason: "jira-per-issue-on-write" },
  { most: 100, withinMs: 30_000, reason: "jira-per-issue-on-write" },
];

/** Data Center: a bucket of tokens for each account, which an administrator sets; this is a usual one. */
const bucket = { most: 100, filledEachSecond: 10 };

export function createRateLimits(deployment: Deployment, clock: Clock): RateLimits {
  return deployment === "Cloud" ? new CloudLimits(clock) : new BucketLimits(clock);
}

class CloudLimits implements RateLimits {
  readonly #clock: Clock;
  readonly #windows = new Map<string, SlidingWindow>();
  #exhaustedUntilMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  exhaust(untilMs: number): void {
    this.#exhaustedUntilMs = untilMs;
  }

  take({ method, writesTo }: LimitedRequest): LimitAnswer {
    const now = this.#clock.now();
    if (now < this.#exhaustedUntilMs)
      return refusedFor(this.#exhaustedUntilMs - now, "jira-quota-tenant-based", now);
    const all = this.#window(method, burst(method));
    const ofIssue =
      writesTo === undefined ? [] : perIssue.map((one) => this.#window(writesTo, one));
    const windows = [all, ...ofIssue];
    const full = windows.find((window) => window.waitMs(now) > 0);
    if (full !== undefined) return refusedFor(full.waitMs(now), full.limit.reason, now);
    for (const window of windows) window.take(now);
    return { refused: false, headers: all.left < 20 ? { "x-ratelimit-nearlimit": "true" } : {} };
  }

  #window(of: string, limit: Limit): SlidingWindow {
    const key = `${of} ${limit.withinMs}`;
    const window = this.#windows.get(key) ?? new SlidingWindow(limit);
    this.#windows.set(key, window);
    return window;
  }
}

class SlidingWindow {
  readonly limit: Limit;
  readonly #times: number[] = [];

  constructor(limit: Limit) {
    this.limit = limit;
  }

  get left(): number {
    return this.limit.most - this.#times.length;
  }

  /** @returns 0 when another one may come */
  waitMs(now: number): number {
    const { most, withinMs } = this.limit;
    while ((this.#times[0] ?? Infinity) <= now - withinMs) this.#times.shift();
    const [oldest] = this.#times;
    return oldest === undefined || this.#times.length < most ? 0 : oldest + withinMs - now;
  }

  take(now: number): void {
    this.#times.push(now);
  }
}

/** A refusal asks for a second at least: a client that is told 0 would be refused again at once. */
const secondsOf = (waitMs: number): string => String(Math.max(1, Math.ceil(waitMs / 1000)));

function refusedFor(waitMs: number, reason: string, nowMs: number): LimitAnswer {
  return {
    refused: true,
    headers: {
      "retry-after": secondsOf(waitMs),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": new Date(nowMs + waitMs).toISOString(),
      "ratelimit-reason": reason,
    },
  };
}

class BucketLimits implements RateLimits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
  #exhaustedUntilMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  exhaust(untilMs: number): void {
    this.#exhaustedUntilMs = untilMs;
  }

  take({ account }: LimitedRequest): LimitAnswer {
    const now = this.#clock.now();
    const held = this.#buckets.get(account) ?? { tokens: bucket.most, atMs: now };
    const filled = ((now - held.atMs) / 1000) * bucket.filledEachSecond;
    const tokens = now < this.#exhaustedUntilMs ? 0 : Math.min(bucket.most, held.tokens + filled);
    const refused = tokens < 1;
    const left = refused ? tokens : tokens - 1;
    this.#buckets.set(account, { tokens: left, atMs: now });
    const waitMs = Math.max(
      ((1 - left) / bucket.filledEachSecond) * 1000,
      this.#exhaustedUntilMs - now,
    );
    return {
      refused,
      headers: {
        "x-ratelimit-limit": String(bucket.most),
        "x-ratelimit-remaining": String(Math.floor(left)),
        "x-ratelimit-fillrate": String(bucket.filledEachSecond),
        "x-ratelimit-interval-seconds": "1",
        ...(refused && { "retry-after": secondsOf(waitMs) }),
      },
    };
  }
}
