/** The HTTP list of promised effects; `?status=dead` shows those that were given up. */
import type { HttpRoute } from "../http-route.ts";
import { effectStatuses } from "../store/outbox/effect.ts";
import { listEffects } from "../store/outbox/inspect.ts";
import type { Store } from "../store/store.ts";

/** @param store throws while it has not started */
export function effectRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/effects",
      handler: async (query) => {
        const after = Number(query.get("after") ?? 0);
        const page = await listEffects(store(), {
          status: effectStatuses.find((status) => status === query.get("status")),
          after: Number.isInteger(after) ? after : 0,
        });
        return { items: page.items, next: page.next === null ? null : String(page.next) };
      },
    },
  ];
}
