/** Answers on many tickets at once, on a real store. */
import { describe, expect, it } from "vitest";
import { promiseAnswers } from "../../src/commands/ticket-answers.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import type { MessageSection } from "../../src/messages/message.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { listEffects } from "../../src/store/outbox/inspect.ts";
import { renderWiki } from "../../src/tickets/jira/wiki.ts";
import { comment, withIncidentIn, worker } from "../programs/command-store.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

/** Each comment as its last edit leaves it. */
const commentsSql = `
select distinct on (effect ->> 'first') effect -> 'says' as says from outbox
where effect ->> 'kind' = 'ticket.answer' order by effect ->> 'first', length(effect ->> 'says') desc`;

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

  it("is answered in several comments on one ticket, where one would be longer than Jira takes", async () => {
    const store = await withIncidentIn(await stores.open());
    const help = Array.from({ length: 20 }, () => "dw help").join("\n");
    const nowMs = Date.now();
    for (let half = 0; half < 2; half += 1) {
      for (let n = 0; n < 5; n += 1) await insertCommand(store, comment(help), nowMs);
      await carryOutWaiting(worker(store));
      await promiseAnswers(store, nowMs + half);
    }
    const comments = await store.query<{ says: readonly MessageSection[] }>(commentsSql);
    expect(comments.flatMap(({ says }) => says)).toHaveLength(200);
    expect(comments.every(({ says }) => renderWiki(says).length < 32_767)).toBe(true);
  });
});
