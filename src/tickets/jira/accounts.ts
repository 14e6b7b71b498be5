/** Reads accounts from the answers of Jira. Cloud and Data Center describe them differently. */
import { z } from "zod";

/** An account has an id on Cloud and a key on Data Center. A deleted one may have neither. */
export const personShape = z
  .object({
    accountId: z.string().optional(),
    accountType: z.string().optional(),
    key: z.string().optional(),
    name: z.string().optional(),
    displayName: z.string().optional().catch(undefined),
  })
  .nullish();

type JiraPerson = z.infer<typeof personShape>;

/** The id or key of the account, which never changes. Without one its user name; empty when Jira gives none of them. */
export function personOf(person: JiraPerson): string {
  return person?.accountId ?? person?.key ?? person?.name ?? "";
}

/** The name that people see. Several accounts may have the same one, so it identifies nobody. */
export function shownNameOf(person: JiraPerson): string {
  return person?.displayName ?? person?.name ?? "";
}

/** Data Center names no kinds of accounts, so each counts as a person there. */
export function kindOf(person: JiraPerson): "person" | "app" | "outsider" {
  if (personOf(person) === "") return "app";
  if (person?.accountType === "app") return "app";
  return person?.accountType === "customer" ? "outsider" : "person";
}
