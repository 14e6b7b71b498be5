/** A poller on a test database with a sink and a store in memory, for the integration tests of the source. */
import pino, { type Logger } from "pino";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import { advance, historyLevel } from "../../src/detection/attribution/positions.ts";
import type { Position } from "../../src/detection/model-facts.ts";
import { sourceMetrics } from "../../src/source/metrics.ts";
import {
  defaultConnection,
  defaultSourceOptions,
  type SourceOptions,
} from "../../src/source/options.ts";
import { type Poller, type PollerDeps, startPoller } from "../../src/source/poller.ts";
import type { SourceProgress, SourceState } from "../../src/source/progress.ts";
import type { Row, RowsRecord, StreamRecord, TickRecord } from "../../src/stream/record.ts";
import type { RecordSink } from "../../src/stream/record-sink.ts";
import { eventually } from "./eventually.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "./postgres.ts";

/** A sink that remembers what it took, and can be told to fail. */
export class MemorySink implements RecordSink {
  readonly records: StreamRecord[] = [];
  readonly appends: (readonly StreamRecord[])[] = [];
  /** Called before records are taken: throw to refuse them. */
  before: (records: readonly StreamRecord[]) => void | Promise<void> = () => undefined;

  /** The feature whose rows can never pass. */
  setsAside: string | undefined;

  async append(records: readonly StreamRecord[]): Promise<number> {
    await this.before(records);
    this.appends.push(records);
    this.records.push(...records);
    const rows = records.flatMap((record) => ("rows" in record ? record.rows : []));
    return rows.filter(({ feature }) => feature === this.setsAside).length;
  }

  get rowRecords(): readonly RowsRecord[] {
    return this.records.filter((record) => record.kind === "rows");
  }

  get rows(): readonly Row[] {
    return this.rowRecords.flatMap((record) => record.rows);
  }

  get features(): readonly string[] {
    return this.rows.map((row) => row.feature).toSorted();
  }

  get history(): readonly Row[] {
    return this.records.flatMap((record) => (record.kind === "history" ? record.rows : []));
  }

  get ticks(): readonly TickRecord[] {
    return this.records.filter((record) => record.kind === "tick");
  }
}

/** Features of the rows that detection takes, history included, in order. */
export function taken(records: readonly StreamRecord[]): readonly string[] {
  const positions: Record<string, Position> = {};
  return records.flatMap((record) => {
    if (record.kind !== "rows" && record.kind !== "history") return [];
    const place = record.kind === "rows" ? record : { level: historyLevel, window: 0 };
    return record.rows.filter((row) => advance(positions, place, row)).map((row) => row.feature);
  });
}

/** Survives the poller, as the store does; keeps JSON, as the store does. */
class MemoryProgress implements SourceProgress {
  document: string | undefined;
  /** While set, saving fails. */
  broken = false;
  saves = 0;

  async load(): Promise<SourceState | undefined> {
    return this.document === undefined ? undefined : JSON.parse(this.document);
  }

  async save(_source: string, state: SourceState): Promise<void> {
    if (this.broken) throw new Error("store gone");
    this.saves += 1;
    this.document = JSON.stringify(state);
  }
}

export interface SourceRun {
  readonly sink: MemorySink;
  readonly progress: MemoryProgress;
  readonly registry: Registry;
  readonly poller: Poller;
  /** Resolves when `count` more ticks have come: that many polls have succeeded. */
  readonly ticks: (count: number) => Promise<void>;
}

export const sourceOptions = (url: string, over: Partial<SourceOptions> = {}): SourceOptions => ({
  ...defaultSourceOptions,
  name: "main",
  connection: { ...defaultConnection, url },
  pollIntervalMs: 10,
  ...over,
});

/** A logger whose warnings and words are kept, as their lines. */
export function keptLog(): { readonly logger: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return { logger: pino({ level: "info" }, { write: (line) => void lines.push(line) }), lines };
}

/** What a poller of a test shares with an earlier one, or has of its own. */
type Kept = Partial<
  Pick<SourceRun, "sink" | "progress"> &
    Pick<PollerDeps, "withoutPlaces" | "round"> & { clock: Clock; logger: Logger }
>;

function runSource(options: SourceOptions, kept: Kept = {}): SourceRun {
  const { sink = new MemorySink(), progress = new MemoryProgress(), clock = systemClock } = kept;
  const registry = new Registry();
  const { logger = pino({ level: "silent" }) } = kept;
  const metrics = sourceMetrics(registry, () => {
    const rows = poller.rows();
    return rows === undefined ? [] : [[options.name, rows]];
  });
  const { withoutPlaces = () => Promise.resolve([]) } = kept;
  const { round } = kept;
  const deps = { options, sink, progress, clock, logger, metrics, withoutPlaces };
  const poller: Poller = startPoller({ ...deps, ...(round && { round }) });
  return {
    sink,
    progress,
    registry,
    poller,
    ticks: (count) => {
      const target = sink.ticks.length + count;
      return eventually(() => {
        if (sink.ticks.length < target) throw new Error(poller.health().reason ?? "no tick yet");
      });
    },
  };
}

export interface SourceFixture {
  readonly postgres: TestPostgres;
  /** A database with a table of importances, or with what `ddl` makes instead. */
  readonly newSource: (ddl?: string) => Promise<TestDatabase>;
  /** A poller that is stopped when the test has ended. */
  readonly run: (url: string, kept?: Kept, over?: Partial<SourceOptions>) => SourceRun;
}

/**
 * Sources on a Postgres of this test file, started before its tests and stopped after them.
 *
 * @param given the table, what every poller of the file has, and the server's settings
 */
export function withSource(
  given: {
    readonly ddl?: string;
    readonly options?: Partial<SourceOptions>;
    readonly settings?: Readonly<Record<string, string>>;
  } = {},
): SourceFixture {
  const runs: SourceRun[] = [];
  let postgres: TestPostgres;
  let databases = 0;
  beforeAll(async () => {
    postgres = await startTestPostgres(given.settings);
  });
  afterEach(() => Promise.all(runs.splice(0).map(({ poller }) => poller.stop())));
  afterAll(() => postgres.stop());
  return {
    get postgres() {
      return postgres;
    },
    newSource: (ddl = given.ddl) => postgres.createSource(`source_${(databases += 1)}`, ddl),
    run: (url, kept, over) => {
      const started = runSource(sourceOptions(url, { ...given.options, ...over }), kept);
      runs.push(started);
      return started;
    },
  };
}
