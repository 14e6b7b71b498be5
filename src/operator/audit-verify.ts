/** The command that checks that nobody changed the journal. */
import { z } from "zod";
import { type JournalVerdict, verifyJournal } from "../store/journal/verify.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const verifyArguments = z.strictObject({});

export const auditVerify: OperatorCommand<
  typeof verifyArguments,
  { readonly store: Store },
  JournalVerdict
> = {
  words: "audit verify",
  help: "walk the journal's chain of hashes, and compare the rows that it seals",
  arguments: verifyArguments,
  handle: (_, { store }) => verifyJournal(store),
};
