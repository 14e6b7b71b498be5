/** The command that lists incidents, newest first. */
import { z } from "zod";
import { incidentKinds, severities } from "../incidents/episode.ts";
import { incidentStates } from "../incidents/incident.ts";
import type { IncidentJson } from "../incidents/incident-json.ts";
import { shownIncidents } from "../incidents/shown.ts";
import { isAnySourceRead } from "../store/source-progress/source-progress.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const listArguments = z.strictObject({
  state: z.array(z.enum(incidentStates)).optional(),
  severity: z.array(z.enum(severities)).optional(),
  kind: z.array(z.enum(incidentKinds)).optional(),
  /** Name or key of a model or service. */
  subject: z.string().optional(),
  silenced: z.boolean().optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, { error: "is no whole number from 1 to 9999" })
    .transform(Number),
});

interface ListAnswer {
  readonly incidents: readonly IncidentJson[];
  /** There are more than were asked for. */
  readonly more: boolean;
  /** Whether any source was ever read. If not, an empty list does not mean that the models are well. */
  readonly isAnySourceRead: boolean;
}

const pageSize = 100;

export const incidentsList: OperatorCommand<
  typeof listArguments,
  { readonly store: Store },
  ListAnswer
> = {
  words: "incidents list",
  help: "list incidents, newest first; without --state those that are not resolved",
  arguments: listArguments,
  async handle({ state, severity, kind, subject, silenced: isSilenced, limit }, { store }) {
    const filter = { states: state, severities: severity, kinds: kind, subject, isSilenced };
    const incidents: IncidentJson[] = [];
    const isRead = await isAnySourceRead(store);
    let before: number | undefined;
    for (;;) {
      const wanted = Math.min(pageSize, limit - incidents.length);
      const page = await shownIncidents(store, { ...filter, before, limit: wanted });
      incidents.push(...page.items);
      if (page.next === null || incidents.length >= limit)
        return { incidents, more: page.next !== null, isAnySourceRead: isRead };
      before = page.next;
    }
  },
};
