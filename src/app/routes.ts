/** What the rooms show under `/api/v1/`. */
import type { DetectionWorker } from "../detection/worker.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRoute } from "../http/routes.ts";
import { listIncidents } from "../store/incidents/list.ts";
import { effectStatuses } from "../store/outbox/effect.ts";
import { listEffects } from "../store/outbox/inspect.ts";
import { listRuns } from "../store/runs/list.ts";
import type { Store } from "../store/store.ts";

/** What the routes show; each part is undefined until it has started. */
export interface Shown {
  store?: Store;
  worker?: DetectionWorker;
}

export function apiRoutes(shown: Shown): readonly HttpRoute[] {
  const storeNow = (): Store => {
    if (shown.store !== undefined) return shown.store;
    throw new HttpError("DW_HTTP_STARTING", "not all parts have started", {
      status: 503,
      hint: "Ask again when /-/ready says that they have.",
      retryable: true,
    });
  };
  return [
    {
      path: "/api/v1/incidents",
      handler: async (query) => {
        const after = Number(query.get("after") ?? Number.NaN);
        const page = await listIncidents(
          storeNow(),
          Number.isInteger(after) ? { before: after } : {},
        );
        return { items: page.items, next: page.next === null ? null : String(page.next) };
      },
    },
    {
      path: "/api/v1/runs",
      handler: async (query) => {
        const page = await listRuns(storeNow(), afterRun(query.get("after")));
        const { next } = page;
        return { items: page.items, next: next === null ? null : `${next.decidedAtMs}:${next.id}` };
      },
    },
    effectsRoute(storeNow),
    {
      path: "/api/v1/models",
      handler: () => {
        const engines = shown.worker?.engines() ?? [];
        return { items: engines.flatMap((engine) => [...engine.models()]), next: null };
      },
    },
  ];
}

/** Promised effects; `?status=dead` shows what was given up. */
function effectsRoute(storeNow: () => Store): HttpRoute {
  return {
    path: "/api/v1/effects",
    handler: async (query) => {
      const after = Number(query.get("after") ?? 0);
      const page = await listEffects(storeNow(), {
        status: effectStatuses.find((status) => status === query.get("status")),
        after: Number.isInteger(after) ? after : 0,
      });
      return { items: page.items, next: page.next === null ? null : String(page.next) };
    },
  };
}

function afterRun(cursor: string | null): {
  readonly after?: { readonly decidedAtMs: number; readonly id: string };
} {
  const [, decidedAt, id] = /^(\d+(?:\.\d+)?):(.+)$/.exec(cursor ?? "") ?? [];
  return decidedAt === undefined || id === undefined
    ? {}
    : { after: { decidedAtMs: Number(decidedAt), id } };
}
