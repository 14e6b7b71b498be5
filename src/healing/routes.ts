/** The HTTP list of runs, newest first. */
import { badAfter, type HttpRoute } from "../http-route.ts";
import { listRuns } from "../store/runs/list.ts";
import type { Run } from "../store/runs/run.ts";
import type { Store } from "../store/store.ts";

/** @param store throws while it has not started */
export function runRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/runs",
      handler: async (query) => {
        const filter = afterRun(query.get("after"));
        const { items, next } = await listRuns(store(), filter);
        return {
          items: items.map(shown),
          next: next === null ? null : `${next.decidedAtMs}:${next.id}`,
        };
      },
    },
  ];
}

/** A run has a time to ask again only when it was denied for now. */
function shown({ retryAtMs, subject: _text, ...run }: Run): object {
  return retryAtMs === null ? run : { ...run, retryAtMs };
}

const cursorForm = /^(\d{1,15}(?:\.\d{1,9})?):(\P{Cc}{1,500})$/u;

function afterRun(cursor: string | null): {
  readonly after?: { readonly decidedAtMs: number; readonly id: string };
} {
  if (cursor === null) return {};
  const [, decidedAt, id] = cursorForm.exec(cursor) ?? [];
  if (decidedAt === undefined || id === undefined) return badAfter();
  return { after: { decidedAtMs: Number(decidedAt), id } };
}
