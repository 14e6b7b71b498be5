/** Waits for what other processes do in their own time. */
import { vi } from "vitest";

/** Polls until the assertion holds; a broker's rebalance takes seconds, and a slow level of a source waits 50 times as long as it read. */
export const eventually = (assertion: () => void | Promise<void>): Promise<unknown> =>
  vi.waitFor(assertion, { timeout: 60_000, interval: 20 });
