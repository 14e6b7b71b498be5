/**
 * Section `decisions`: 200 models open their episodes at once. Each commits in a transaction of its own, as in the
 * worker. Each uses the counter of incidents and the head of the journal. The yardstick is transactions that insert the
 * same bytes.
 */
import { pino } from "pino";
import { Registry } from "prom-client";
import { systemClock } from "../src/clock.ts";
import type { PartitionClaim } from "../src/detection/partition/partition-store.ts";
import { type RecordOptions, recordEvents } from "../src/incidents/record-events.ts";
import { storeMetrics } from "../src/store/metrics.ts";
import { createPartitionStore } from "../src/store/partitions/partition-store.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { episodeOpened } from "../test/fakes/episodes.ts";
import { startTestPostgres } from "../test/programs/postgres.ts";
import { type BenchLine, benchLine } from "./line.ts";
import { median as medianOf } from "./rounds.ts";

const section = "decisions";
const models = 200;
/** The default of `stream.partitions`. Each partition commits one decision after the other. */
const partitions = 4;
/** Each takes a fraction of a decision's time. */
const bareTransactions = 5 * models;
const rounds = 9;
/** Five runs on commit 7adbaef, on a busy machine, gave 0.10 to 0.16. */
const leastRatio = 0.09;

/** Takes about half a minute. */
export async function benchDecisions(): Promise<readonly BenchLine[]> {
  // Without fsync the bare transactions would cost nothing.
  const postgres = await startTestPostgres({ fsync: "on" });
  try {
    const { url } = await postgres.createDatabase("decisions");
    const store = await openStore({
      url,
      logger: pino({ level: "silent" }),
      metrics: storeMetrics(new Registry()),
      startupTimeoutMs: 10_000,
    });
    try {
      return report(await measured(store));
    } finally {
      await store.close();
    }
  } finally {
    await postgres.stop();
  }
}

interface Round {
  /** Decisions a second. */
  readonly decided: number;
  /** Bare transactions a second. */
  readonly inserted: number;
}

async function measured(store: Store): Promise<readonly Round[]> {
  const decide = await decider(store);
  // The first run of each warms the compiler up and does not count.
  await rateOf(decide, models);
  const row = Buffer.alloc(await bytesEach(store), "x");
  await store.query("create table bare (bytes bytea not null)");
  const insert = (): Promise<unknown> =>
    store.transaction((tx) => tx.query("insert into bare (bytes) values ($1)", [row]));
  await rateOf(insert, bareTransactions);
  const taken: Round[] = [];
  while (taken.length < rounds) {
    const decided = await rateOf(decide, models);
    taken.push({ decided, inserted: await rateOf(insert, bareTransactions) });
  }
  return taken;
}

/** Opens the episode of a model that the store does not know: incident, number, promises, journal. */
async function decider(store: Store): Promise<(partition: number) => Promise<void>> {
  const recording: RecordOptions = {
    clock: systemClock,
    settings: {
      ticketed: true,
      resolveAfterMs: 900_000,
      reopenDurationMs: 604_800_000,
      healthAfterMs: 300_000,
      fixesFor: () => ["restart-svc"],
    },
    orderKeyOf: (kind) => kind.split(".")[0] ?? kind,
  };
  const memory = createPartitionStore({
    store,
    owner: "bench",
    stream: "bench",
    record: (tx, events) =>
      recordEvents(
        tx,
        events.map((event) => ({ event })),
        recording,
      ),
  });
  const claims: PartitionClaim[] = [];
  for (let partition = 0; partition < partitions; partition += 1)
    claims.push(await memory.claim(partition));
  let offset = 0;
  return async (partition) => {
    const claim = claims[partition]!;
    offset += 1;
    const now = Date.now() * 1000;
    const about = { id: `episode-${offset}`, model: `acme/production/main/model-${offset}` };
    const event = episodeOpened({ ...about, at: now, newestRow: now });
    await memory.decide(claim, [{ offset, event }], offset);
  };
}

/** @returns how many a second, all partitions together */
async function rateOf(
  work: (partition: number) => Promise<unknown>,
  count: number,
): Promise<number> {
  const started = performance.now();
  const one = async (partition: number): Promise<void> => {
    for (let turn = 0; turn < count / partitions; turn += 1) await work(partition);
  };
  await Promise.all(Array.from({ length: partitions }, (_, partition) => one(partition)));
  return count / ((performance.now() - started) / 1000);
}

const sizeSql = `
select ((select sum(octet_length(event::text)) from decisions) + (select sum(octet_length(document::text)) from incidents)
  + (select sum(octet_length(effect::text)) from outbox) + (select sum(octet_length(body::text)) from journal))::float8
  / (select count(*) from decisions) as bytes`;

/** Size of the documents that one decision stores. */
async function bytesEach(store: Store): Promise<number> {
  return Math.round((await store.query<{ bytes: number }>(sizeSql))[0]?.bytes ?? 0);
}

/** The ratio is computed for each round, since the machine's speed changes between rounds. */
function report(taken: readonly Round[]): readonly BenchLine[] {
  const ours = `decisions of ${models} models at once, through counter and journal`;
  const bare = "bare transactions that insert the same bytes in one row";
  const median = (of: (round: Round) => number): number => medianOf(taken.map(of));
  return [
    benchLine({ section, name: ours, value: median(({ decided }) => decided), unit: "per s" }),
    benchLine({ section, name: bare, value: median(({ inserted }) => inserted), unit: "per s" }),
    benchLine({
      section,
      name: "decisions as a part of the bare transactions",
      value: median(({ decided, inserted }) => decided / inserted),
      unit: "ratio",
      atLeast: leastRatio,
    }),
  ];
}
