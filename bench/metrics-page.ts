/** How long a scrape takes with 1,000 models that all have labels, and how large the page is. */
import { detectorTypes } from "../detectors/index.ts";
import type { ModelView } from "../src/detection/engine.ts";
import { detectionMetrics } from "../src/detection/metrics.ts";
import { modelKey } from "../src/model-key.ts";
import { createRegistry, type Registry } from "../src/telemetry/registry.ts";
import { type BenchLine, benchLine } from "./line.ts";

export interface Labelled {
  readonly models: number;
  /** Length of a model's name, bytes. */
  readonly nameBytes: number;
  readonly maxLabelledModels: number;
}

const section = "metrics";
const scrapes = 20;

/** The registry of a daemon that holds one partition. Every detector has a score for every model. */
export function registryOf({ models, nameBytes, maxLabelledModels }: Labelled): Registry {
  const scores = detectorTypes.map(({ name: detector }) => ({ detector, score: Math.PI / 10 }));
  const views = Array.from({ length: models }, (_, place): ModelView => {
    const model = String(place).padStart(nameBytes, "m");
    return {
      model: modelKey({ tenant: "default", environment: "production", source: "main", model }),
      source: "main",
      lastAt: 1,
      learned: 1000,
      warmUp: undefined,
      cadence: 60_000_000,
      features: 10,
      total: Math.PI,
      openEpisode: undefined,
      scores,
      silent: false,
      unhealthy: false,
    };
  });
  const engine = {
    rows: () => ({}),
    watermarks: new Map([["main", 1]]),
    models: () => views.values(),
  };
  const registry = createRegistry("0");
  detectionMetrics(registry, { engines: () => [engine], maxLabelledModels });
  return registry;
}

/** The middle of the scrapes; the first ones warm the program up. */
export async function benchMetricsPage(): Promise<readonly BenchLine[]> {
  const registry = registryOf({ models: 1000, nameBytes: 24, maxLabelledModels: 1000 });
  const times: number[] = [];
  let bytes = 0;
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    const { user } = process.cpuUsage();
    bytes = Buffer.byteLength(await registry.metrics());
    times.push((process.cpuUsage().user - user) / 1000);
  }
  const middle = times.toSorted((a, b) => a - b)[scrapes / 2] ?? 0;
  const name = "page of /metrics with 1,000 labelled models";
  return [
    benchLine({ section, name: `${name}: CPU time`, value: middle, unit: "ms" }),
    benchLine({ section, name: `${name}: size`, value: bytes / 1e6, unit: "MB", atMost: 2 }),
  ];
}
