/**
 * A permit: the right to do, for a limited time, what must not be done twice.
 *
 * The worker that holds the lease of an effect gives it (outbox/effect-lease.ts). The adapter that writes to Jira or
 * Docker checks it, in the turn of the event loop in which it writes.
 *
 *     mayAct() ──► permit ──► good now? ──yes──► write
 *         ▲                      │no
 *         └──────────────────────┘
 *
 * # Two clocks
 *
 * A permit names one moment on two clocks, and is good while both clocks are before it. The monotonic clock cannot be
 * stepped, but it stands still while the machine is suspended. The wall clock goes on then, but it can be stepped.
 *
 * # Failure handling
 *
 * An expired permit means that nothing was written. The adapter asks for another permit, and no attempt is counted. If
 * another worker has taken the effect meanwhile, `mayAct` throws and nothing is written.
 */

/** What the two clocks of the machine show at one moment. */
export interface ClockReading {
  /** Monotonic clock, nanoseconds. All processes of a machine share it. */
  readonly monotonicNs: bigint;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/** Is good until the moment that it names. */
export interface Permit extends ClockReading {
  /** Id of the effect. */
  readonly effect: string;
  /** Number of the attempt. A later attempt belongs to another worker. */
  readonly attempt: number;
}

/**
 * Asks for the right to act. Call it when the connection stands and only the write is left.
 *
 * @throws StoreError when another worker has taken the effect, or the store cannot be asked. Do not act then.
 */
export type MayAct = () => Promise<Permit>;

export function readClocks(): ClockReading {
  return { monotonicNs: process.hrtime.bigint(), wallMs: Date.now() };
}

/** The moment that comes `ms` milliseconds later. */
export function laterBy({ monotonicNs, wallMs }: ClockReading, ms: number): ClockReading {
  return { monotonicNs: monotonicNs + BigInt(Math.round(ms * 1e6)), wallMs: wallMs + ms };
}

export function isGood(permit: ClockReading, now: ClockReading): boolean {
  return now.monotonicNs < permit.monotonicNs && now.wallMs < permit.wallMs;
}

export interface Permission {
  /** Left out where no other process could act. */
  readonly mayAct?: MayAct | undefined;
  /** Default: those of the machine. */
  readonly clocks?: (() => ClockReading) | undefined;
}

/**
 * Asks for permits until one is good, and writes in that same turn of the event loop.
 *
 * @throws what `mayAct` throws; nothing was written then
 */
export async function writePermitted(
  { mayAct, clocks = readClocks }: Permission,
  write: () => void,
): Promise<void> {
  let permit: Permit | undefined;
  do permit = await mayAct?.();
  while (permit !== undefined && !isGood(permit, clocks()));
  write();
}
