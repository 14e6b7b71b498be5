/** A poller on real Postgres that cannot be reached for a while: what detection makes of the stream. */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { modelName } from "../../src/model-key.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import { World } from "../detection/streams.ts";
import { acceleratedClock } from "../fakes/accelerated-clock.ts";
import { type CuttingProxy, startCuttingProxy } from "../programs/cutting-proxy.ts";
import { eventually } from "../programs/eventually.ts";
import { keptLog, type SourceRun, withSource } from "../programs/source.ts";

const table = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, feature_name text, importance double precision, model text)`;
const columns = {
  timestamp: "timestamp",
  feature: "feature_name",
  importance: "importance",
  model: "model",
};
const models = Array.from({ length: 10 }, (_, i) => `m${i}`);
/** A minute of the clock is a tenth of a second. */
const rate = 600;
const cadenceMs = 5 * 60_000;

const options = { pollIntervalMs: 15_000, horizonWarnMs: 4 * cadenceMs, columns };
const sources = withSource({ ddl: table, options });
let proxy: CuttingProxy;
beforeAll(async () => {
  proxy = await startCuttingProxy(sources.postgres.server.port);
});
afterAll(() => proxy.stop());

/** Exporters that write at every cadence, each to the end of its days. */
class Exporters {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly alive = new Set(models);
  /** While set, their database is away for them too: what they would write is lost. */
  areCut = false;
  #stopped = false;
  #done = Promise.resolve();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    await this.#client.end();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (!this.areCut) {
        await this.#client.query(
          `INSERT INTO explainability_metrics
           SELECT $1::timestamptz, 'f' || k, exp(-0.3 * k) * (1 + 0.05 * random()), m
           FROM generate_series(1, 4) k, unnest($2::text[]) m`,
          [new Date(this.#clock.now()).toISOString(), [...this.alive]],
        );
      }
      await this.#clock.sleep(cadenceMs);
    }
  }
}

/** What detection has made of the records so far; each is applied once, so that looking does not keep the poller. */
class Detection {
  readonly #world = new World();
  #applied = 0;

  /** Models that are called silent. */
  silent(records: readonly StreamRecord[]): readonly string[] {
    for (const record of records.slice(this.#applied)) this.#world.apply(record);
    this.#applied = records.length;
    const found = this.#world.opened.filter(({ kind }) => kind === "silent");
    return found.map(({ model }) => modelName(model).model);
  }
}

interface Scene {
  readonly clock: Clock;
  readonly run: SourceRun;
  readonly exporters: Exporters;
  readonly lines: readonly string[];
  /** Models that detection calls silent. */
  readonly silent: () => readonly string[];
  readonly start: (kept?: Partial<SourceRun>) => SourceRun;
}

async function newScene(): Promise<Scene> {
  const source = await sources.newSource();
  const clock = acceleratedClock(rate);
  const { logger, lines } = keptLog();
  const port = `:${sources.postgres.server.port}/`;
  const url = source.readonlyUrl.replace(port, `:${proxy.port}/`);
  const start = (kept: Partial<SourceRun> = {}) => sources.run(url, { ...kept, clock, logger });
  const client = new Client({ connectionString: source.url });
  client.on("error", () => undefined);
  await client.connect();
  const exporters = new Exporters(client, clock);
  const run = start();
  await run.ticks(1);
  exporters.start();
  await clock.sleep(10 * cadenceMs);
  const detection = new Detection();
  const silent = (): readonly string[] => detection.silent(run.sink.records);
  return { clock, run, exporters, lines, silent, start };
}

/** The source answers again, and has answered for so many cadences. */
async function answered({ clock, run }: Scene, cadences: number): Promise<void> {
  await run.ticks(3);
  await clock.sleep(cadences * cadenceMs);
  await run.ticks(3);
}

describe("a source that cannot be reached for a while", () => {
  it("an outage opens no episode of models that write on, and one of the model that fell silent meanwhile (FR-S2)", async () => {
    const scene = await newScene();
    const { clock, run, exporters, lines, silent } = scene;
    proxy.cut();
    await clock.sleep(12 * cadenceMs);
    exporters.alive.delete("m3");
    await clock.sleep(2 * cadenceMs);
    proxy.restore();
    await answered(scene, 2);
    expect(silent()).toEqual([]);
    const gaps = run.sink.ticks.filter(({ gap = 0 }) => gap > 12 * cadenceMs * 1000);
    expect(gaps, "one tick tells the outage").toHaveLength(1);
    await eventually(() => expect(silent()).toEqual(["m3"]));
    await answered(scene, 4);
    expect(silent()).toEqual(["m3"]);
    expect(lines.filter((line) => line.includes("held back"))).toEqual([]);
    await exporters.stop();
  });

  it("an outage for the exporters too opens no episode: they come back within a cadence (FR-S2)", async () => {
    const scene = await newScene();
    const { clock, run, exporters, silent } = scene;
    proxy.cut();
    exporters.areCut = true;
    await clock.sleep(12 * cadenceMs);
    proxy.restore();
    await run.ticks(2);
    exporters.areCut = false;
    await answered(scene, 6);
    expect(silent()).toEqual([]);
    await exporters.stop();
  });
});

describe("a pause of the poller", () => {
  it("a poller that goes on hours later opens no episode, says that it catches up, and blames nobody (FR-S2, FR-S5)", async () => {
    const scene = await newScene();
    const { clock, run, exporters, lines, silent, start } = scene;
    await run.poller.stop();
    exporters.areCut = true;
    await clock.sleep(16 * cadenceMs);
    const again = start({ sink: run.sink, progress: run.progress });
    await again.ticks(2);
    exporters.areCut = false;
    await answered({ ...scene, run: again }, 6);
    expect(silent()).toEqual([]);
    const said = lines.flatMap(
      (line) => /"msg":"(catching[^"]*|caught up|watermark[^"]*)"/.exec(line)?.[1] ?? [],
    );
    expect(said).toEqual(["catching up since the last poll", "caught up"]);
    await exporters.stop();
  });
});
