/**
 * Fixes one method of kafkajs 2.2.4. On an idle connection the method sets a timer with a negative delay again and
 * again. Node runs the timer every millisecond (2.5 % of a core). Since version 24 it also prints a warning.
 */
import { createRequire } from "node:module";

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** kafkajs's own interval. */
const checkEveryMs = 10;

/** The fixed method sets a timer only while requests are pending. Safe to call more than once. */
export function mendIdleTimer(): void {
  const require = createRequire(import.meta.url);
  const queue: { prototype: RequestQueue } = require("kafkajs/src/network/requestQueue");
  queue.prototype.scheduleCheckPendingRequests = schedule;
}

function schedule(this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : checkEveryMs,
  );
}
