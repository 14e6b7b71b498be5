import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { OutboxDispatcher } from "../../src/outbox/dispatcher.ts";
import type { AnyExecutor } from "../../src/outbox/executor.ts";
import { outboxMetrics } from "../../src/outbox/metrics.ts";
import type { Store } from "../../src/store/store.ts";
import { fakeClock } from "../fakes/clock.ts";
import { silent } from "../programs/store.ts";

const row = { id: "e", seq: 1, incident: "inc", effect: { kind: "ticket.open" }, owner: "me" };

describe("a probe that takes long", () => {
  it("is followed by a search for what is due when it has ended, not for what was due when it began", async () => {
    const clock = fakeClock();
    const stopping = new AbortController();
    /** The time of each search for due effects. */
    const searched: unknown[] = [];
    const rowsOf = (sql: string, values: readonly unknown[]): readonly unknown[] => {
      if (!sql.includes("with due")) return [row];
      searched.push(values[1]);
      if (searched.length > 1) stopping.abort();
      return searched.length > 1 ? [] : [{ ...row, attempt: 1, failures: 0, intent: null }];
    };
    const store: Store = {
      query: async <Row>(sql: string, values: readonly unknown[] = []) => {
        const rows: Row[] = [];
        return Object.assign(rows, rowsOf(sql, values));
      },
      transaction: () => Promise.reject(new Error("nothing is completed")),
      listen: () => () => undefined,
      sizeBytes: async () => 0,
      close: async () => undefined,
    };
    const asksToWait = Object.assign(new Error("come back later"), { retryAfterMs: 17_000 });
    const executor: AnyExecutor<string, never> = {
      dependency: "tracker",
      orderKey: "ticket",
      handlers: {
        "ticket.open": async () => {
          throw asksToWait;
        },
      },
      isUnavailable: () => true,
      probe: () => clock.advance(9_000),
    };
    const dispatcher = new OutboxDispatcher("tracker", [executor], {
      store,
      load: async () => "subject",
      record: async () => undefined,
      owner: "me",
      clock,
      logger: silent,
      metrics: outboxMetrics(new Registry(), async () => ({})),
    });
    const startMs = clock.now();
    const done = dispatcher.run(stopping.signal);
    while (dispatcher.unavailableReason === undefined) await clock.advance(0);
    await clock.advance(17_000);
    dispatcher.wake();
    await done;
    expect(searched).toEqual([startMs, startMs + 26_000]);
  });
});
