/**
 * The lease of a taken effect: renewed while the effect is in hand, and the source of the permits to act.
 *
 * # The race
 *
 * A process may be stopped at any instruction, and nothing outside refuses what it does when it wakes. By then its
 * lease may have run out, by the database's clock, and another worker may have taken the effect.
 *
 * # The trust window
 *
 *     renewal sent ├────── TTL / 2 ──────┤ trusted until          lease_until ┤ another worker may take it
 *                  └─ a permit is good ──┘
 *
 *     trustedUntil = renewalSent + TTL / 2
 *
 * The worker counts by its own clocks, from before it sent the renewal. An act that starts inside the window starts at
 * least TTL / 2 before another worker can take the effect. That worker finds the stored intent, and looks the result up
 * instead of acting again.
 *
 * # What is left
 *
 * A worker that slept for longer than the window asks the store first, and is refused once the effect is in other
 * hands. A process that is stopped for more than TTL / 2 between the check of its permit and the system call that
 * writes, in one turn of its event loop, acts when it wakes.
 */
import type { Clock } from "../clock.ts";
import { type ClockReading, isGood, laterBy, type Permit, readClocks } from "../permit.ts";
import { fenced } from "../store/errors.ts";
import type { TakenEffect } from "../store/outbox/effect.ts";
import { recordIntent } from "../store/outbox/settle.ts";
import { renewEffect } from "../store/outbox/take.ts";
import type { Queryable } from "../store/query.ts";

/** What stands in the outbox while the outcome is open. */
interface Intent {
  readonly attempt: number;
  /** When an attempt last was about to act; undefined when none got so far. */
  readonly actedAtMs?: number | undefined;
}

export interface LeaseClocks {
  /** Stamps what the store keeps. */
  readonly clock: Clock;
  /** Of the machine; what the trust window is counted by. */
  readonly clocks?: () => ClockReading;
}

/** A process that is gone, or silent for so long, loses what it has in hand. */
export const leaseMs = 5_000;
const trustWindowMs = leaseMs / 2;

/** Of one attempt at one effect. */
export class EffectLease {
  readonly #store: Queryable;
  readonly #taken: TakenEffect;
  readonly #clock: Clock;
  readonly #clocks: () => ClockReading;
  /** When an earlier attempt last was about to act. */
  readonly #actedAtMs: number | undefined;
  #acts = false;
  /** Undefined before anything was recorded. */
  #permit: Permit | undefined;
  #renewing: NodeJS.Timeout | undefined;

  constructor(store: Queryable, taken: TakenEffect, { clock, clocks = readClocks }: LeaseClocks) {
    this.#store = store;
    this.#taken = taken;
    this.#clock = clock;
    this.#clocks = clocks;
    this.#actedAtMs = actedAtMsOf(taken.intent);
  }

  /** How long ago an earlier attempt last was about to act, ms; undefined when none got so far. */
  get sinceActMs(): number | undefined {
    const actedAtMs = this.#actedAtMs;
    return actedAtMs === undefined ? undefined : Math.max(0, this.#clock.now() - actedAtMs);
  }

  /** Commits the intent and renews from now on. @throws StoreError DW_STORE_FENCED */
  async begin(): Promise<void> {
    await this.#record({ attempt: this.#taken.attempt, actedAtMs: this.#actedAtMs });
    // One that fails is followed by the next; whoever acts asks for itself.
    this.#renewing = setInterval(() => void this.#renew().catch(() => undefined), leaseMs / 4);
  }

  /**
   * @returns a permit that is good now, for at most half a lease
   * @throws StoreError DW_STORE_FENCED when the effect is in other hands, DW_STORE_UNREACHABLE when nobody can say
   */
  async mayAct(): Promise<Permit> {
    if (!this.#acts) {
      await this.#record({ attempt: this.#taken.attempt, actedAtMs: this.#clock.now() });
      this.#acts = true;
    }
    for (;;) {
      const permit = this.#permit;
      if (permit !== undefined && isGood(permit, this.#clocks())) return permit;
      if (!(await this.#renew())) throw fenced(`effect ${this.#taken.id}`);
    }
  }

  end(): void {
    clearInterval(this.#renewing);
  }

  async #record(intent: Intent): Promise<void> {
    const sent = this.#clocks();
    await recordIntent(this.#store, this.#taken, { intent, leaseMs });
    this.#trust(sent);
  }

  async #renew(): Promise<boolean> {
    const sent = this.#clocks();
    const ours = await renewEffect(this.#store, this.#taken, leaseMs);
    if (ours) this.#trust(sent);
    return ours;
  }

  /** Answers may come out of order: the newest renewal counts. */
  #trust(sent: ClockReading): void {
    const until = laterBy(sent, trustWindowMs);
    if (this.#permit !== undefined && until.monotonicNs <= this.#permit.monotonicNs) return;
    const { id, attempt } = this.#taken;
    this.#permit = { effect: id, attempt, ...until };
  }
}

function actedAtMsOf(intent: unknown): number | undefined {
  if (typeof intent !== "object" || intent === null || !("actedAtMs" in intent)) return undefined;
  return typeof intent.actedAtMs === "number" ? intent.actedAtMs : undefined;
}
