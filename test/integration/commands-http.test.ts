/** Commands over HTTP on a real store: once for each key, and a refusal with its code. */
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { commandWrite } from "../../src/commands/http.ts";
import { carryOutCommands } from "../../src/commands/worker.ts";
import type { Store } from "../../src/store/store.ts";
import { theIncident, withIncidentIn, worker } from "../programs/command-store.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const byHttp = (store: Store, waitMs: number) =>
  commandWrite({
    tokens: () => new Map([["s3cret", "tom"]]),
    store: () => store,
    clock: systemClock,
    waitMs,
  });

describe("a command over HTTP", () => {
  it("is answered once for each key, and refused with a code where a role is lacking", async () => {
    const store = await withIncidentIn(await stores.open());
    const route = byHttp(store, 60_000);
    expect([route.personOf("s3cret"), route.personOf("tom")]).toEqual(["tom", undefined]);
    const stopping = new AbortController();
    const daemon = carryOutCommands(worker(store), stopping.signal);
    const ask = (text: string, key: string) =>
      route.write({ person: "tom", key, body: { incident: 1, text } });
    try {
      const first = await ask("note it is late", "k-1");
      expect(first).toMatchObject({ done: true, code: null });
      expect(await ask("note it is late", "k-1")).toEqual(first);
      expect(await ask("close", "k-2")).toMatchObject({ done: false, code: "role" });
    } finally {
      stopping.abort();
      await daemon;
    }
    expect((await theIncident(store))?.people?.words).toHaveLength(1);
  });

  it("is stored where no daemon answers in time, and what cannot be read is refused", async () => {
    const route = byHttp(await withIncidentIn(await stores.open()), 0);
    const ask = (body: unknown, key?: string) => route.write({ person: "tom", key, body });
    expect(await ask({ incident: 1, text: "ack" })).toMatchObject({ done: false, code: "waiting" });
    for (const body of [{ text: 1 }, { incident: 1.5, text: "ack" }, null])
      await expect(ask(body)).rejects.toMatchObject({ code: "DW_HTTP_QUERY" });
    await expect(ask({ text: "ack" }, "a b")).rejects.toMatchObject({ code: "DW_HTTP_QUERY" });
  });
});
