/** The command that shows when the store was restored, and records when a person says that nothing was forgotten. */
import { z } from "zod";
import { restoredAtMs, sayForgotNothing } from "../store/restore/restore.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const restoredArguments = z.strictObject({
  /** A person states that the store knows every run that was made. Daemons then allow runs again within a minute. */
  forgotNothing: z.boolean().default(false),
});

interface RestoredAnswer {
  /** When the store was restored, or was first used again after a gap; undefined: it has forgotten nothing. */
  readonly restoredAtMs: number | undefined;
}

export const restored: OperatorCommand<
  typeof restoredArguments,
  { readonly store: Store },
  RestoredAnswer
> = {
  words: "restored",
  help: "say since when the store may have forgotten runs, because it was restored",
  arguments: restoredArguments,
  async handle({ forgotNothing }, { store }) {
    if (forgotNothing) await sayForgotNothing(store);
    return { restoredAtMs: await restoredAtMs(store) };
  },
};
