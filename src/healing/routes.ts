/** The HTTP list of runs, newest first, and one of them by its id. */
import {
  afterOf,
  badAfter,
  type HttpItemRoute,
  type HttpRoute,
  limitOf,
  textOf,
  wordsOf,
} from "../http-route.ts";
import { runStatuses } from "../incidents/incident.ts";
import { listedRun, listRuns, type RunFilter } from "../store/runs/list.ts";
import type { Store } from "../store/store.ts";
import { runJson } from "./run-json.ts";

/** @param store throws while it has not started */
export function runRoutes(store: () => Store): readonly (HttpRoute | HttpItemRoute)[] {
  return [
    {
      path: "/api/v1/runs",
      parameters: ["incident", "fix", "status"],
      handler: async (query) => {
        const filter = filterOf(query);
        const { items, next } = await listRuns(store(), filter);
        return {
          items: items.map(runJson),
          next: next === null ? null : `${next.decidedAtMs}:${next.id}`,
        };
      },
    },
    {
      path: "/api/v1/runs/:id",
      noun: "run",
      find: async (id) => {
        const run = await listedRun(store(), id);
        return run && runJson(run);
      },
    },
  ];
}

function filterOf(query: URLSearchParams): RunFilter {
  const incident = textOf(query, "incident");
  const isNumber = incident !== undefined && /^\d{1,15}$/.test(incident);
  return {
    ...(isNumber ? { incidentNumber: Number(incident) } : { incident }),
    fix: textOf(query, "fix"),
    statuses: wordsOf(query, "status", runStatuses),
    after: afterRun(afterOf(query)),
    limit: limitOf(query),
  };
}

const cursorForm = /^(\d{1,15}(?:\.\d{1,9})?):(\P{Cc}{1,500})$/u;

function afterRun(cursor: string | undefined): RunFilter["after"] {
  if (cursor === undefined) return undefined;
  const [, decidedAt, id] = cursorForm.exec(cursor) ?? [];
  if (decidedAt === undefined || id === undefined) return badAfter();
  return { decidedAtMs: Number(decidedAt), id };
}
