import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { modelName } from "../../src/model-key.ts";
import { Delivery } from "../../src/source/delivery.ts";
import { sourceMetrics } from "../../src/source/metrics.ts";
import type { RawRow } from "../../src/source/rows.ts";
import { keptLog, MemorySink, sourceOptions } from "../programs/source.ts";

const rowOf = (i: number, model: string): RawRow => [
  1_767_225_600_000_000 + i,
  "age",
  "0.5",
  `(0,${i})`,
  model,
];

function delivery(over: object): Delivery {
  return new Delivery({
    options: sourceOptions("postgres://nowhere", {
      columns: { timestamp: "t", feature: "f", importance: "i", model: "m" },
      ...over,
    }),
    sink: new MemorySink(),
    logger: keptLog().logger,
    metrics: sourceMetrics(new Registry(), () => []),
    signal: new AbortController().signal,
    onLate: () => undefined,
  });
}

async function sent(over: object) {
  const made = delivery(over);
  const page = [rowOf(1, "churn-v7"), rowOf(2, "fraud"), rowOf(3, "churn-v8")];
  const packed: [string, number][] = [];
  await made.rows(made.parse(page).rows, (model, rows) => {
    packed.push([modelName(model).model, rows.length]);
    return { kind: "rows", model, source: "main", level: 0, window: 1, rows };
  });
  return packed;
}

it("rows of all versions of a model belong to one model, in their order, where versioned_names says so", async () => {
  expect(await sent({ versionedNames: "{name}-v{version}" })).toEqual([
    ["churn", 2],
    ["fraud", 1],
  ]);
});

it("each version of a model is a model of its own where nothing else is said", async () => {
  const models = (await sent({})).map(([model]) => model);
  expect(models).toEqual(["churn-v7", "fraud", "churn-v8"]);
});
