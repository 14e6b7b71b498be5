/** The HTTP list of the models in the partitions of this process, by key, page by page. */
import { afterOf, type HttpRoute, limitOf, type Page, textOf } from "../http-route.ts";
import { type ModelKey, modelName } from "../model-key.ts";
import type { PartitionEngine } from "./engine.ts";
import { modelJson } from "./model-json.ts";

type ListedEngine = Pick<PartitionEngine, "modelKeys" | "model">;

interface Place {
  readonly key: ModelKey;
  readonly engine: ListedEngine;
}

interface Asked {
  /** Only models that have this name or key. */
  readonly subject: string | undefined;
  readonly after: ModelKey;
  readonly limit: number;
}

/** @param engines none while detection has not started */
export function modelRoutes(engines: () => Iterable<ListedEngine>): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/models",
      parameters: ["subject"],
      handler: (query) => {
        const subject = textOf(query, "subject");
        return page([...engines()], {
          subject,
          after: afterOf(query) ?? "",
          limit: limitOf(query),
        });
      },
    },
  ];
}

/** Only the models of the page are converted. Each other model costs one comparison of names. */
function page(engines: readonly ListedEngine[], { subject, after, limit }: Asked): Page {
  const first: Place[] = [];
  for (const place of placesIn(engines)) {
    const { key } = place;
    if (key <= after || (first.length > limit && key >= first.at(-1)!.key)) continue;
    if (!isNamed(key, subject)) continue;
    first.splice(rankOf(key, first), 0, place);
    if (first.length > limit + 1) first.pop();
  }
  const shown = first.slice(0, limit);
  const next = first.length > limit ? shown.at(-1)!.key : null;
  const views = shown.flatMap(({ key, engine }) => engine.model(key) ?? []);
  return { items: views.map(modelJson), next };
}

function* placesIn(engines: readonly ListedEngine[]): Generator<Place> {
  for (const engine of engines) for (const key of engine.modelKeys()) yield { key, engine };
}

const isNamed = (key: ModelKey, subject: string | undefined): boolean =>
  subject === undefined || subject === key || subject === modelName(key).model;

function rankOf(key: ModelKey, sorted: readonly Place[]): number {
  const rank = sorted.findIndex((other) => other.key > key);
  return rank === -1 ? sorted.length : rank;
}
