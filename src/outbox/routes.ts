/** The HTTP list of promised effects; `?status=dead` selects dead effects. */
import { afterNumber, type HttpRoute, limitOf, textOf, wordsOf } from "../http-route.ts";
import { effectStatuses } from "../store/outbox/effect.ts";
import { listEffects } from "../store/outbox/inspect.ts";
import type { Store } from "../store/store.ts";
import { effectJson } from "./effect-json.ts";

/** @param store throws while it has not started */
export function effectRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/effects",
      parameters: ["status"],
      handler: async (query) => {
        textOf(query, "status");
        const [status] = wordsOf(query, "status", effectStatuses) ?? [];
        const filter = { status, after: afterNumber(query), limit: limitOf(query) };
        const { items, next } = await listEffects(store(), filter);
        return { items: items.map(effectJson), next: next === null ? null : String(next) };
      },
    },
  ];
}
