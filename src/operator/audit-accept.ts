/** The command by which a person accepts the present rows of the store. */
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { type Accepted, acceptRows } from "../store/journal/accept-rows.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const acceptArguments = z.strictObject({});

export const auditAccept: OperatorCommand<
  typeof acceptArguments,
  { readonly store: Store; readonly clock: Clock },
  Accepted
> = {
  words: "audit accept",
  help: "seal the rows of the store as they stand, for example after an older program has written to it",
  arguments: acceptArguments,
  handle: (_, { store, clock }) => acceptRows(store, clock.now()),
};
