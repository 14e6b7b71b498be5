/** Permits for those who act in a test, and clocks of a machine that stand still until they are moved. */
import { type ClockReading, laterBy, type Permit, readClocks } from "../../src/permit.ts";

/** For the attempt of somebody whom nobody disturbs. */
export const goodPermit = async (): Promise<Permit> => ({
  effect: "e",
  attempt: 1,
  ...laterBy(readClocks(), 60_000),
});

export interface FakeClocks {
  readonly read: () => ClockReading;
  /** Time passes. */
  pass(ms: number): void;
  /** The machine is suspended: its monotonic clock stands still. */
  suspend(ms: number): void;
  /** Somebody sets the wall clock. */
  step(ms: number): void;
  /** A permit that ends so much later. */
  permit(ms: number): Permit;
}

export function fakeClocks(): FakeClocks {
  let now: ClockReading = { monotonicNs: 5_000_000_000n, wallMs: 1_760_000_000_000 };
  const step = (ms: number): void => {
    now = { ...now, wallMs: now.wallMs + ms };
  };
  return {
    read: () => now,
    pass: (ms) => {
      now = laterBy(now, ms);
    },
    suspend: step,
    step,
    permit: (ms) => ({ effect: "e", attempt: 1, ...laterBy(now, ms) }),
  };
}

/** Why a permit that was good when it was given is not when it is to be used. */
export const whatExpires = [
  ["the process was stopped", (clocks) => clocks.pass(3_000)],
  ["the machine was suspended", (clocks) => clocks.suspend(3_000)],
] as const satisfies readonly (readonly [string, (clocks: FakeClocks) => void])[];
