/** The command that shows one incident. */
import { z } from "zod";
import type { IncidentJson } from "../incidents/incident-json.ts";
import { shownIncident } from "../incidents/shown.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const showArguments = z.strictObject({
  /** Its number, such as `12` or `#12`, or its id. */
  incident: z.string(),
});

export const incidentsShow: OperatorCommand<
  typeof showArguments,
  { readonly store: Store },
  IncidentJson | undefined
> = {
  words: "incidents show",
  help: "show one incident: what is wrong, its ticket, its members and its runs",
  arguments: showArguments,
  handle: ({ incident }, { store }) => shownIncident(store, incident.replace(/^#/, "")),
};
