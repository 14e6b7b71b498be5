/** The HTTP list of the models in the partitions of this process, by name, page by page. */
import { badAfter, type HttpRoute, type Page } from "../http-route.ts";
import type { ModelKey } from "../model-key.ts";
import type { PartitionEngine } from "./engine.ts";

type ListedEngine = Pick<PartitionEngine, "modelKeys" | "model">;

const pageSize = 100;

/** @param engines none while detection has not started */
export function modelRoutes(engines: () => Iterable<ListedEngine>): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/models",
      handler: (query) => {
        const after = query.get("after");
        if (after === "") badAfter();
        return page([...engines()], after ?? "");
      },
    },
  ];
}

/** Only the models that are shown are looked at closely: ten thousand others cost a comparison of names each. */
function page(engines: readonly ListedEngine[], after: ModelKey): Page {
  const first: { readonly key: ModelKey; readonly engine: ListedEngine }[] = [];
  for (const engine of engines) {
    for (const key of engine.modelKeys()) {
      if (key <= after || (first.length > pageSize && key >= first.at(-1)!.key)) continue;
      first.splice(placeOf(key, first), 0, { key, engine });
      if (first.length > pageSize + 1) first.pop();
    }
  }
  const shown = first.slice(0, pageSize);
  const next = first.length > pageSize ? shown.at(-1)!.key : null;
  return { items: shown.flatMap(({ key, engine }) => engine.model(key) ?? []), next };
}

function placeOf(key: ModelKey, sorted: readonly { readonly key: ModelKey }[]): number {
  const place = sorted.findIndex((other) => other.key > key);
  return place === -1 ? sorted.length : place;
}
