/** The HTTP list of incidents, newest first, and one of them by number or id. */
import {
  afterNumber,
  type HttpItemRoute,
  type HttpRoute,
  limitOf,
  textOf,
  wordsOf,
} from "../http-route.ts";
import type { Store } from "../store/store.ts";
import { incidentKinds, severities } from "./episode.ts";
import { incidentStates } from "./incident.ts";
import { shownIncident, shownIncidents } from "./shown.ts";

/** @param store throws while it has not started */
export function incidentRoutes(store: () => Store): readonly (HttpRoute | HttpItemRoute)[] {
  return [
    {
      path: "/api/v1/incidents",
      parameters: ["state", "severity", "kind", "subject", "silenced"],
      handler: async (query) => {
        const filter = filterOf(query);
        const { items, next } = await shownIncidents(store(), filter);
        return { items, next: next === null ? null : String(next) };
      },
    },
    {
      path: "/api/v1/incidents/:id",
      noun: "incident",
      find: (id) => shownIncident(store(), id),
    },
  ];
}

const filterOf = (query: URLSearchParams) => ({
  states: wordsOf(query, "state", incidentStates),
  severities: wordsOf(query, "severity", severities),
  kinds: wordsOf(query, "kind", incidentKinds),
  subject: textOf(query, "subject"),
  isSilenced: wordsOf(query, "silenced", ["true"]) !== undefined,
  before: afterNumber(query),
  limit: limitOf(query),
});
