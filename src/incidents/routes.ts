/** The HTTP list of incidents, newest first. */
import { afterNumber, type HttpRoute } from "../http-route.ts";
import { listIncidents } from "../store/incidents/list.ts";
import type { Store } from "../store/store.ts";

/** @param store throws while it has not started */
export function incidentRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/incidents",
      handler: async (query) => {
        const before = afterNumber(query);
        const page = await listIncidents(store(), before === undefined ? {} : { before });
        return { items: page.items, next: page.next === null ? null : String(page.next) };
      },
    },
  ];
}
