/**
 * Puts the answers on tickets into the outbox, so that each is written once even if a process dies. Answers within a
 * minute share one comment, which each later answer edits.
 */
import type { CommandAnswer } from "../messages/answer.ts";
import {
  type AnsweredTicket,
  answeredTickets,
  carryTogether,
} from "../store/commands/said-answers.ts";
import { incidentByNumber } from "../store/incidents/by-number.ts";
import { lockScopes } from "../store/incidents/incident.ts";
import { enqueueEffects } from "../store/outbox/enqueue.ts";
import type { Store } from "../store/store.ts";

/** Answers within this time share one comment. */
const togetherMs = 60_000;

/** Puts every answer into the outbox that is not there yet. Any process may call it at any time. */
export async function promiseAnswers(store: Store, nowMs: number): Promise<void> {
  for (;;) {
    const tickets = await answeredTickets(store);
    if (tickets.length === 0) return;
    await promiseOn(store, tickets, nowMs);
  }
}

async function promiseOn(
  store: Store,
  tickets: readonly AnsweredTicket[],
  nowMs: number,
): Promise<void> {
  for (const { place, incident: number } of tickets) {
    await store.transaction(async (tx) => {
      const found = await incidentByNumber(tx, number);
      // The lock makes two processes that answer on one ticket do so one after the other.
      await lockScopes(tx, found === undefined ? [] : [found.scope]);
      const said = await carryTogether<CommandAnswer>(tx, place, { nowMs, togetherMs });
      if (said === undefined || found === undefined) return;
      const { first, answers } = said;
      const says = answers.flatMap((answer) => answer.says);
      const effect = { kind: "ticket.answer", place, first, says };
      const id = `answer:${first}:${answers.length}`;
      const promised = { id, incident: found.incident.id, effect, orderKey: "answers" };
      await enqueueEffects(tx, [{ ...promised, dueAtMs: nowMs, timer: false }], nowMs);
    });
  }
}
