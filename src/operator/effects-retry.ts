/** The command that retries a dead effect. The daemon carries it out. */
import { z } from "zod";
import { retryDeadEffect } from "../store/outbox/inspect.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const retryArguments = z.strictObject({ id: z.string() });

type RetryAnswer =
  | { readonly done: true; readonly id: string }
  | { readonly done: false; readonly reason: "no_dead_effect"; readonly id: string };

export const effectsRetry: OperatorCommand<
  typeof retryArguments,
  { readonly store: Store },
  RetryAnswer
> = {
  words: "effects retry",
  help: "give a dead effect another try",
  arguments: retryArguments,
  async handle({ id }, { store }) {
    if (await retryDeadEffect(store, id)) return { done: true, id };
    return { done: false, reason: "no_dead_effect", id };
  },
};
