/** Waits for what other processes do in their own time. */
import { vi } from "vitest";

/** Polls until the assertion holds; a broker's rebalance takes seconds. */
export const eventually = (assertion: () => void | Promise<void>): Promise<unknown> =>
  vi.waitFor(assertion, { timeout: 30_000, interval: 20 });
