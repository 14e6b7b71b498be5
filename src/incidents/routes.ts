/** The HTTP list of incidents, newest first. */
import { afterNumber, type HttpRoute } from "../http-route.ts";
import { rollLinesOf } from "../store/incident-members/roll.ts";
import type { IncidentDocument } from "../store/incidents/document.ts";
import { listIncidents } from "../store/incidents/list.ts";
import type { Store } from "../store/store.ts";
import { subjectOf } from "./episode.ts";
import { totalOf } from "./member.ts";
import type { RollLine } from "./roll.ts";
import { subjectText } from "./subject.ts";

/** @param store throws while it has not started */
export function incidentRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/incidents",
      handler: async (query) => {
        const before = afterNumber(query);
        const page = await listIncidents(store(), before === undefined ? {} : { before });
        const ids = page.items.map(({ id }) => id);
        const lines = await rollLinesOf(store(), ids);
        return {
          items: page.items.map((item) => shown(item, lines.get(item.id) ?? [])),
          next: page.next === null ? null : String(page.next),
        };
      },
    },
  ];
}

/** As stored, with the most important members. A digest has none. */
function shown(stored: IncidentDocument, lines: readonly RollLine[]): object {
  const { members, group: _placing, telling: _told, ...incident } = stored;
  if (incident.missed !== undefined) return incident;
  const total = members === undefined ? lines.length : totalOf(members);
  return { ...incident, members: { total, items: lines.map(memberItem) } };
}

function memberItem({ episode, state, severity }: RollLine): object {
  const subject = subjectText(subjectOf(episode)).replace(/^\w+\n/, "");
  const since = new Date(episode.at / 1000).toISOString();
  return { subject, kind: episode.kind, state, severity, since };
}
