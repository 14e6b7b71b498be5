/**
 * The lease of one taken effect, and the permits to act that it gives.
 *
 * # State model
 *
 *     taken ──begin()──► intent stored ──mayAct()──► permit ──► act ──► result stored ──► end()
 *       │                └──── the lease is renewed every TTL / 4 ────┘
 *       └──► lease_until passes without a renewal: another worker may take the effect, as attempt + 1
 *
 * The outbox row holds owner, attempt and `lease_until`, by the clock of the store. Every write names owner and
 * attempt. The store refuses the write once another worker has taken the effect.
 *
 * # The race
 *
 * Jira and Docker cannot check this lease. A process may be stopped at any instruction, for longer than the lease.
 * When the process resumes, another worker may have acted already. Jira or Docker would then carry out the act a second
 * time.
 *
 * # Trust window
 *
 *     renewal sent ├────── TTL / 2 ──────┤ trusted until          lease_until ┤ another worker may take it
 *                  └─ a permit is good ──┘
 *
 *     trustedUntil = renewalSent + TTL / 2
 *
 * The worker trusts its lease for at most half the TTL. It measures this on its own clocks, from before it sent the
 * renewal. An act that starts inside the window starts at least TTL / 2 before another worker can take the effect.
 *
 * # Failure handling
 *
 * - The window has passed: `mayAct` renews the lease first. If another worker has taken the effect, it throws.
 * - The process dies after the intent was stored: the next worker finds the intent and looks up the result first. A
 *   restart is never repeated. A ticket or a comment is written only if it is not found.
 * - A background renewal fails: the next one follows, and `mayAct` renews for itself.
 * - Not covered: a process is stopped for more than TTL / 2 between the check of its permit and the system call that
 *   writes. Both are in one turn of its event loop. It acts when it resumes.
 */
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { type ClockReading, isGood, laterBy, type Permit, readClocks } from "../permit.ts";
import { fenced } from "../store/errors.ts";
import type { TakenEffect } from "../store/outbox/effect.ts";
import { recordIntent } from "../store/outbox/settle.ts";
import { renewEffect } from "../store/outbox/take.ts";
import type { Queryable } from "../store/query.ts";

/** What the outbox row holds while the outcome is not known. */
interface Intent {
  readonly attempt: number;
  /** When an attempt was last about to act; undefined if none was. */
  readonly actedAtMs?: number | undefined;
  /** Names that the attempts passed to `willWrite`. */
  readonly writes?: readonly string[] | undefined;
}

export interface LeaseClocks {
  /** Gives the times that are stored. */
  readonly clock: Clock;
  /** The clocks of this machine. They measure the trust window. */
  readonly clocks?: () => ClockReading;
}

/** TTL of the lease. After this time without a renewal another worker takes the effect. */
export const leaseMs = 5_000;
const trustWindowMs = leaseMs / 2;
/** Most names in a row. The newest ones are kept, because the number of attempts has no limit. */
const maxWrites = 50;

/** An older program stored fewer fields. */
const intentShape = z
  .object({ actedAtMs: z.number().optional(), writes: z.array(z.string()).optional() })
  .catch({});

/** The lease of one attempt at one effect. */
export class EffectLease {
  readonly #store: Queryable;
  readonly #taken: TakenEffect;
  readonly #clock: Clock;
  readonly #clocks: () => ClockReading;
  /** The stored intent of earlier attempts; undefined when none may have acted. */
  readonly #earlier: Partial<Intent> | undefined;
  /** Names of what this attempt is about to write. */
  #writes: readonly string[] = [];
  /** Whether the row says that this attempt acts, and what it writes. */
  #acts = false;
  /** The newest permit; undefined before the first renewal. */
  #permit: Permit | undefined;
  #renewing: NodeJS.Timeout | undefined;

  constructor(store: Queryable, taken: TakenEffect, { clock, clocks = readClocks }: LeaseClocks) {
    this.#store = store;
    this.#taken = taken;
    this.#clock = clock;
    this.#clocks = clocks;
    this.#earlier = taken.intent === null ? undefined : intentShape.parse(taken.intent);
  }

  /** How long ago an earlier attempt was last about to act, ms; undefined if none was. */
  get sinceActMs(): number | undefined {
    const actedAtMs = this.#earlier?.actedAtMs;
    return actedAtMs === undefined ? undefined : Math.max(0, this.#clock.now() - actedAtMs);
  }

  /** Names of what earlier attempts were about to write. */
  get mayHaveWritten(): readonly string[] {
    return this.#earlier?.writes ?? [];
  }

  /**
   * The intent to store if the last act of this attempt certainly had no effect. It keeps the intent of earlier
   * attempts and the names that this attempt announced. Null when there is nothing to look up.
   */
  get intentWithoutAct(): unknown {
    if (this.#earlier === undefined && this.#writes.length === 0) return null;
    return { ...this.#earlier, writes: this.#allWrites() };
  }

  /** Announces names. The row stores them before the next permit is given. */
  willWrite(names: readonly string[]): void {
    this.#writes = [...this.#writes, ...names];
    this.#acts = false;
  }

  /** Commits the intent and starts to renew the lease. @throws StoreError DW_STORE_FENCED */
  async begin(): Promise<void> {
    await this.#record(this.#earlier?.actedAtMs);
    // A renewal that fails is followed by the next one, and mayAct renews for itself.
    this.#renewing = setInterval(() => void this.#renew().catch(() => undefined), leaseMs / 4);
  }

  /**
   * Stores when this attempt is about to act, and renews the lease where the permit has expired.
   *
   * @returns a permit that is good now, for at most half a lease
   * @throws StoreError DW_STORE_FENCED when another worker has taken the effect, DW_STORE_UNREACHABLE when the
   *   store cannot be asked
   */
  async mayAct(): Promise<Permit> {
    if (!this.#acts) {
      await this.#record(this.#clock.now());
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

  async #record(actedAtMs: number | undefined): Promise<void> {
    const sent = this.#clocks();
    const intent: Intent = { attempt: this.#taken.attempt, actedAtMs, writes: this.#allWrites() };
    await recordIntent(this.#store, this.#taken, { intent, leaseMs });
    this.#trust(sent);
  }

  #allWrites(): readonly string[] {
    return [...new Set([...this.mayHaveWritten, ...this.#writes])].slice(-maxWrites);
  }

  async #renew(): Promise<boolean> {
    const sent = this.#clocks();
    const ours = await renewEffect(this.#store, this.#taken, leaseMs);
    if (ours) this.#trust(sent);
    return ours;
  }

  /** Answers may arrive out of order. The renewal that was sent last counts. */
  #trust(sent: ClockReading): void {
    const until = laterBy(sent, trustWindowMs);
    if (this.#permit !== undefined && until.monotonicNs <= this.#permit.monotonicNs) return;
    const { id, attempt } = this.#taken;
    this.#permit = { effect: id, attempt, ...until };
  }
}
