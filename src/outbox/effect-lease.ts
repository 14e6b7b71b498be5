/**
 * Holding a taken effect: its lease is renewed while it is in hand, and shown to be ours right before each act.
 *
 * The race: a process may be stopped at any instruction, and nothing outside refuses what it does when it wakes. Its
 * successor takes the effect a lease after the last renewal, by the database's clock. So the holder counts by its own
 * clock from before it asked for that renewal, and acts only within half a lease of it: what it does then is under way
 * before anybody else can take the effect, and the successor, who finds the intent, looks for it. One that slept longer
 * asks the store first, and is refused once the effect is in other hands. Both adapters ask
 * once the connection stands, and write in the same turn of the event loop: what is left is a process that is stopped
 * for more than half a lease within that turn.
 */
import type { Clock } from "../clock.ts";
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

/** A process that is gone, or silent for so long, loses what it has in hand. */
export const leaseMs = 5_000;
const provenForMs = leaseMs / 2;

/** Two clocks: the steady one stands still while the machine is suspended, the wall clock may be stepped. */
interface Moment {
  readonly steadyMs: number;
  readonly wallMs: number;
}

const here = (): Moment => ({ steadyMs: performance.now(), wallMs: Date.now() });

/** Of one attempt at one effect. */
export class EffectLease {
  readonly #store: Queryable;
  readonly #taken: TakenEffect;
  readonly #clock: Clock;
  /** When an earlier attempt last was about to act. */
  readonly #actedAtMs: number | undefined;
  #acts = false;
  /** Before the newest renewal that succeeded was asked for. */
  #proven: Moment = { steadyMs: Number.NEGATIVE_INFINITY, wallMs: Number.NEGATIVE_INFINITY };
  #renewing: NodeJS.Timeout | undefined;

  /** @param clock the one that stamps what the store keeps */
  constructor(store: Queryable, taken: TakenEffect, clock: Clock) {
    this.#store = store;
    this.#taken = taken;
    this.#clock = clock;
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
   * Await it right before whatever must not be done twice: afterwards nobody else takes the effect for half a lease.
   *
   * @throws StoreError DW_STORE_FENCED when it is in other hands, DW_STORE_UNREACHABLE when nobody can say
   */
  async confirm(): Promise<void> {
    if (!this.#acts) {
      await this.#record({ attempt: this.#taken.attempt, actedAtMs: this.#clock.now() });
      this.#acts = true;
    }
    while (this.#provenAgeMs() > provenForMs) {
      if (!(await this.#renew())) throw fenced(`effect ${this.#taken.id}`);
    }
  }

  end(): void {
    clearInterval(this.#renewing);
  }

  async #record(intent: Intent): Promise<void> {
    const asked = here();
    await recordIntent(this.#store, this.#taken, { intent, leaseMs });
    this.#proven = asked;
  }

  async #renew(): Promise<boolean> {
    const asked = here();
    const ours = await renewEffect(this.#store, this.#taken, leaseMs);
    if (ours && asked.steadyMs > this.#proven.steadyMs) this.#proven = asked;
    return ours;
  }

  #provenAgeMs(): number {
    const now = here();
    return Math.max(now.steadyMs - this.#proven.steadyMs, now.wallMs - this.#proven.wallMs);
  }
}

function actedAtMsOf(intent: unknown): number | undefined {
  if (typeof intent !== "object" || intent === null || !("actedAtMs" in intent)) return undefined;
  return typeof intent.actedAtMs === "number" ? intent.actedAtMs : undefined;
}
