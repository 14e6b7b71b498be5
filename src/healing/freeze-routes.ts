/** The HTTP list of the freezes that hold or are planned. */
import { afterOf, badAfter, type HttpRoute, limitOf } from "../http-route.ts";
import type { Freeze } from "../incidents/freeze.ts";
import { freezeJson } from "../incidents/freeze-json.ts";
import { freezesNotOver } from "../store/freezes/freeze.ts";
import type { Store } from "../store/store.ts";
import { storeNowMs } from "../store/store-clock.ts";

/** @param store throws while it has not started */
export function freezeRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/freezes",
      handler: async (query) => {
        const isAfter = laterThan(afterOf(query));
        const limit = limitOf(query);
        const nowMs = await storeNowMs(store());
        const all = await freezesNotOver(store(), nowMs);
        const left = all.filter(isAfter);
        const page = left.slice(0, limit);
        const last = page.at(-1);
        const next = last !== undefined && left.length > limit ? `${last.atMs}:${last.id}` : null;
        return { items: page.map((one) => freezeJson(one, nowMs)), next };
      },
    },
  ];
}

const cursorForm = /^(\d{1,15}(?:\.\d{1,9})?):(\P{Cc}{1,500})$/u;

/** Whether a freeze comes after the cursor. The list is ordered by the start, then by id. */
function laterThan(cursor: string | undefined): (freeze: Freeze) => boolean {
  if (cursor === undefined) return () => true;
  const [, at, id = ""] = cursorForm.exec(cursor) ?? [];
  if (at === undefined) return badAfter();
  return (freeze) => freeze.atMs > Number(at) || (freeze.atMs === Number(at) && freeze.id > id);
}
