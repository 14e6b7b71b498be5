/** What the rooms show under `/api/v1/`. */
import type { DetectionWorker } from "../detection/worker.ts";
import type { HttpRoute } from "../http/routes.ts";
import { listIncidents } from "../store/incidents/list.ts";
import { listRuns } from "../store/runs/list.ts";
import type { Store } from "../store/store.ts";

/** @param worker undefined until detection has started */
export function apiRoutes(parts: {
  readonly store: () => Store | undefined;
  readonly worker: () => DetectionWorker | undefined;
}): readonly HttpRoute[] {
  const nothing = { items: [], next: null };
  return [
    {
      path: "/api/v1/incidents",
      handler: async (query) => {
        const store = parts.store();
        if (store === undefined) return nothing;
        const after = Number(query.get("after") ?? Number.NaN);
        const page = await listIncidents(store, Number.isInteger(after) ? { before: after } : {});
        return { items: page.items, next: page.next === null ? null : String(page.next) };
      },
    },
    {
      path: "/api/v1/runs",
      handler: async (query) => {
        const store = parts.store();
        if (store === undefined) return nothing;
        const page = await listRuns(store, afterRun(query.get("after")));
        const { next } = page;
        return { items: page.items, next: next === null ? null : `${next.decidedAtMs}:${next.id}` };
      },
    },
    {
      path: "/api/v1/models",
      handler: () => {
        const engines = parts.worker()?.engines() ?? [];
        return { items: engines.flatMap((engine) => [...engine.models()]), next: null };
      },
    },
  ];
}

function afterRun(cursor: string | null): { readonly after?: { readonly decidedAtMs: number; readonly id: string } } {
  const [, decidedAt, id] = /^(\d+(?:\.\d+)?):(.+)$/.exec(cursor ?? "") ?? [];
  return decidedAt === undefined || id === undefined
    ? {}
    : { after: { decidedAtMs: Number(decidedAt), id } };
}
