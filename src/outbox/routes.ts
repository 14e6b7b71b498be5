/** The HTTP list of promised effects; `?status=dead` shows those that were given up. */
import { afterNumber, type HttpRoute } from "../http-route.ts";
import { QueryError } from "../query-errors.ts";
import { type EffectStatus, effectStatuses } from "../store/outbox/effect.ts";
import { listEffects } from "../store/outbox/inspect.ts";
import type { Store } from "../store/store.ts";

/** @param store throws while it has not started */
export function effectRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/effects",
      parameters: ["status"],
      handler: async (query) => {
        const filter = { status: statusOf(query.get("status")), after: afterNumber(query) };
        const page = await listEffects(store(), filter);
        return { items: page.items, next: page.next === null ? null : String(page.next) };
      },
    },
  ];
}

function statusOf(given: string | null): EffectStatus | undefined {
  if (given === null) return undefined;
  const status = effectStatuses.find((known) => known === given);
  if (status === undefined)
    throw new QueryError("status", `It is one of: ${effectStatuses.join(", ")}.`);
  return status;
}
