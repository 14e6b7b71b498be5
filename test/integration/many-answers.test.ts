/** Answers on many tickets at once, on a real store. */
import { describe, expect, it } from "vitest";
import { promiseAnswers } from "../../src/commands/ticket-answers.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { listEffects } from "../../src/store/outbox/inspect.ts";
import { comment, withIncidentIn, worker } from "../programs/command-store.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

describe("what people say on many tickets", () => {
  it("is answered at once on each of 45 tickets, although one query shows 20 of them", async () => {
    const store = await withIncidentIn(await stores.open());
    for (let place = 1; place <= 45; place += 1)
      await insertCommand(store, comment("dw status", { place: String(place) }), Date.now());
    await carryOutWaiting(worker(store));
    await promiseAnswers(store, Date.now());
    const answers = (await listEffects(store)).items.filter(
      ({ effect }) => effect.kind === "ticket.answer",
    );
    expect(answers).toHaveLength(45);
  });
});
