/** The HTTP list of runs, newest first. */
import type { HttpRoute } from "../http-route.ts";
import { listRuns } from "../store/runs/list.ts";
import type { Run } from "../store/runs/run.ts";
import type { Store } from "../store/store.ts";

/** @param store throws while it has not started */
export function runRoutes(store: () => Store): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/runs",
      handler: async (query) => {
        const { items, next } = await listRuns(store(), afterRun(query.get("after")));
        return {
          items: items.map(shown),
          next: next === null ? null : `${next.decidedAtMs}:${next.id}`,
        };
      },
    },
  ];
}

/** A run has a time to ask again only when it was denied for now. */
function shown({ retryAtMs, ...run }: Run): object {
  return retryAtMs === null ? run : { ...run, retryAtMs };
}

function afterRun(cursor: string | null): {
  readonly after?: { readonly decidedAtMs: number; readonly id: string };
} {
  const [, decidedAt, id] = /^(\d+(?:\.\d+)?):(.+)$/.exec(cursor ?? "") ?? [];
  return decidedAt === undefined || id === undefined
    ? {}
    : { after: { decidedAtMs: Number(decidedAt), id } };
}
