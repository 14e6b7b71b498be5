/** Which tickets are read directly, by the store's own word. */
import { describe, expect, it } from "vitest";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { talkedOnSince } from "../../src/store/incidents/with-ticket.ts";
import { comment, withIncidentIn, worker } from "../programs/command-store.ts";
import { asked, recording } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
const minute = 60_000;

describe("a ticket is read directly", () => {
  it("for ten minutes after a word on it, and as long as a question waits for yes", async () => {
    const store = await withIncidentIn(await stores.open());
    await insertCommand(store, comment("dw status", { place: "1" }), Date.now() - 15 * minute);
    await insertCommand(store, comment("dw status", { place: "2" }), Date.now() - 5 * minute);
    await insertCommand(store, comment("dw close", { place: "3" }), Date.now() - 15 * minute);
    await carryOutWaiting(worker(store));
    expect(await talkedOnSince(store, Date.now() - 10 * minute, 20)).toEqual(["2", "3"]);
    expect(await talkedOnSince(store, Date.now() + 10 * minute, 20)).toEqual([]);
    expect(await talkedOnSince(store, Date.now() - 10 * minute, 1)).toEqual(["2"]);
    // The end of a time may be a fraction of a millisecond.
    expect(await talkedOnSince(store, Date.now() - 10 * minute + 0.25, 1)).toEqual(["2"]);
  });

  it("as long as a run waits for a person's word", async () => {
    const { store } = await asked(await stores.open());
    const ticket = { id: "10012", key: "IR-12", url: "http://jira/browse/IR-12" };
    const event = { type: "ticket_opened", ticket } as const;
    await store.transaction((tx) => recordEvents(tx, [{ event, incident: "inc-e1" }], recording));
    expect(await talkedOnSince(store, Date.now(), 20)).toEqual([ticket.id]);
  });
});
