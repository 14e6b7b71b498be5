/** The command that lists promised effects that are not done: pending, working and dead. */
import { z } from "zod";
import { type EffectFilter, listEffects, type OutboxEffect } from "../store/outbox/inspect.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const effectsArguments = z.strictObject({
  /** Only those that were given up. */
  dead: z.boolean().default(false),
});

interface EffectsAnswer {
  /** Read page by page while it is walked. */
  readonly effects: AsyncIterable<OutboxEffect>;
}

export const effects: OperatorCommand<
  typeof effectsArguments,
  { readonly store: Store },
  EffectsAnswer
> = {
  words: "effects",
  help: "list promised tickets, comments and runs that are not done, or retry a dead one",
  arguments: effectsArguments,
  async handle({ dead }, { store }) {
    return { effects: withStatus(store, dead ? ["dead"] : ["pending", "working", "dead"]) };
  },
};

async function* withStatus(
  store: Store,
  statuses: readonly EffectFilter["status"][],
): AsyncGenerator<OutboxEffect> {
  for (const status of statuses) {
    for (let after: number | null = 0; after !== null; ) {
      const page = await listEffects(store, { status, after });
      yield* page.items;
      after = page.next;
    }
  }
}
