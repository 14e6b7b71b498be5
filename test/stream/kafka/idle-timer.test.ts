import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";
import { mendIdleTimer } from "../../../src/stream/kafka/idle-timer.ts";
import { eventually } from "../../programs/eventually.ts";

/** kafkajs's own queue of requests, without a connection. */
function requestQueue() {
  const RequestQueue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue");
  mendIdleTimer();
  return new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000 });
}

describe("kafkajs's timer of a connection", () => {
  it("does not run while nothing is pending", () => {
    const queue = requestQueue();
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it("still sends what is pending", async () => {
    const queue = requestQueue();
    const sent = vi.fn<() => void>();
    queue.pending.push({ expectResponse: true, send: sent });
    queue.logger = { debug: () => undefined };
    queue.scheduleCheckPendingRequests();
    await eventually(() => expect(sent).toHaveBeenCalledOnce());
    queue.destroy();
  });
});
