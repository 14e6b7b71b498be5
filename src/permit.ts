/**
 * The right to act: what must not be done twice is done only under a permit that is still good.
 *
 * Who gives it: the worker that holds the lease of an effect. When it is good: while both clocks of the machine are
 * before it. The monotonic clock cannot be stepped, but stands still while the machine is suspended; the wall clock
 * goes on then, but may be stepped. Who checks it: the adapter, in the turn of the event loop in which it writes.
 *
 *     mayAct() ──► permit ──► is it good now? ──yes──► write
 *         ▲                        │no
 *         └────────────────────────┘
 *
 * An expired permit means that nothing happened: the adapter asks again, and no attempt is counted. When the effect is
 * in other hands by then, the call throws, and nothing is written.
 */

/** What both clocks of the machine show at one moment. */
export interface ClockReading {
  /** Nanoseconds of the monotonic clock, which all processes of a machine share. */
  readonly monotonicNs: bigint;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/** Good before the moment that it names. */
export interface Permit extends ClockReading {
  /** Id of the effect. */
  readonly effect: string;
  /** Which attempt at it; a later attempt is in other hands. */
  readonly attempt: number;
}

/**
 * Asks for the right to act. Call it when the connection stands and all that is left is to write.
 *
 * @throws StoreError when the effect is in other hands, or when nobody can say; nothing may be done then
 */
export type MayAct = () => Promise<Permit>;

export function readClocks(): ClockReading {
  return { monotonicNs: process.hrtime.bigint(), wallMs: Date.now() };
}

/** The same moment, so many milliseconds later. */
export function laterBy({ monotonicNs, wallMs }: ClockReading, ms: number): ClockReading {
  return { monotonicNs: monotonicNs + BigInt(Math.round(ms * 1e6)), wallMs: wallMs + ms };
}

export function isGood(permit: ClockReading, now: ClockReading): boolean {
  return now.monotonicNs < permit.monotonicNs && now.wallMs < permit.wallMs;
}

export interface Permission {
  /** Left out where nobody else could act. */
  readonly mayAct?: MayAct | undefined;
  /** Default: those of the machine. */
  readonly clocks?: (() => ClockReading) | undefined;
}

/**
 * Writes in the very turn in which a permit is seen to be good.
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
