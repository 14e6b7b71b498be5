/**
 * A real store beside the memory of a history. Every decision is made by the real ledger, in a real transaction, and what it
 * reads of the store must be what the memory says.
 */
import { deepStrictEqual } from "node:assert";
import { pino } from "pino";
import { Registry } from "prom-client";
import type { Clock } from "../../src/clock.ts";
import type { HistoryFacts } from "../../src/healing/gates/gate-facts.ts";
import { type RunLedger, runLedger } from "../../src/healing/run-ledger.ts";
import { startPostgres } from "../../src/sandbox/postgres.ts";
import { insertFreeze } from "../../src/store/freezes/freeze.ts";
import { insertIncident, updateIncident } from "../../src/store/incidents/incident.ts";
import { storeMetrics } from "../../src/store/metrics.ts";
import type { Tx } from "../../src/store/query.ts";
import { insertRun, type Run, updateRun } from "../../src/store/runs/run.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { historyFor } from "./history-facts.ts";
import type { MemoryStore, Rows } from "./memory-store.ts";

/** A Postgres of its own with an empty store. */
export async function openSafetyStore(): Promise<{
  readonly store: Store;
  readonly stop: () => Promise<void>;
}> {
  const postgres = await startPostgres({ settings: { fsync: "off" } });
  try {
    const store = await openStore({
      url: postgres.url,
      schema: "safety",
      logger: pino({ level: "silent" }),
      metrics: storeMetrics(new Registry()),
      startupTimeoutMs: 60_000,
    });
    const stop = async (): Promise<void> => {
      await store.close();
      await postgres.stop();
    };
    return { store, stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

const clock: Clock = { now: () => 0, at: (realMs) => realMs, sleep: async () => undefined };
const emptySql = "truncate runs, run_decisions, incidents, freezes";

/** @param store is emptied first */
export function storedLedger(store: Store, memory: MemoryStore): RunLedger {
  const real = runLedger(store, clock);
  const copy = new Copy(store);
  // One after the other: what happens to the memory meanwhile is for the next.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const decide: RunLedger["decide"] = (about, judge) =>
    inTurn(async () => {
      const rows = structuredClone(memory.rows);
      await copy.follow(rows);
      const run = await real.decide(about, (history) => {
        deepStrictEqual(comparable(history), comparable(historyFor(rows, about)));
        return judge(history);
      });
      memory.rows.runs.set(run.id, run);
      copy.knows(run);
      return run;
    });
  return {
    ...real,
    decide,
    // The transaction of a command is that of the decision.
    decideIn: async (_, about, judge) => ({
      run: await decide(about, judge),
      seal: async () => undefined,
    }),
    get: (id) =>
      inTurn(async () => {
        await copy.follow(memory.rows);
        const [known, own] = [await real.get(id), memory.rows.runs.get(id)];
        deepStrictEqual(known?.status, own?.status, "the status of a run differs");
        return known;
      }),
    finish: (id, change) =>
      inTurn(async () => {
        await copy.follow(memory.rows);
        const run = await real.finish(id, change);
        if (run === undefined) return undefined;
        memory.rows.runs.set(id, run);
        copy.knows(run);
        return run;
      }),
  };
}

/**
 * What the gates see; the order of a list means nothing, and a document leaves out what is undefined. How many models are
 * broken is not written into the store here.
 */
function comparable({ attempts, storm, ...history }: HistoryFacts): unknown {
  const shown = attempts.map(({ atMs, fix, target, host }) => ({ atMs, fix, target, host }));
  const sorted = shown.map((one) => JSON.stringify(one)).toSorted();
  const lists = { acting: history.acting?.toSorted(), waiting: history.waiting?.toSorted() };
  const asked = storm && { targets: storm.targets.toSorted(), isOn: storm.isOn };
  return JSON.parse(JSON.stringify({ ...history, ...lists, asked, attempts: sorted }));
}

/** Writes what the memory has, and the store has not. */
class Copy {
  readonly #store: Store;
  /** As they stand in the store. */
  readonly #written = new Map<string, string>();
  #generation: number | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  knows(run: Run): void {
    this.#written.set(`run ${run.id}`, JSON.stringify(run));
  }

  async follow(rows: Rows): Promise<void> {
    await this.#store.transaction(async (tx) => {
      if (this.#generation !== rows.generation) {
        await tx.query(emptySql);
        this.#written.clear();
        this.#generation = rows.generation;
      }
      for (const incident of rows.incidents.values())
        await this.#write(`incident ${incident.id}`, incident, (isNew) =>
          isNew ? insertIncident(tx, incident, 0) : updateIncident(tx, incident, 0),
        );
      for (const run of rows.runs.values())
        await this.#write(`run ${run.id}`, run, (isNew) => writeRun(tx, run, isNew));
      for (const freeze of rows.freezes)
        await this.#write(`freeze ${freeze.id}`, freeze, async (isNew) => {
          if (isNew) await insertFreeze(tx, freeze);
          await tx.query("update freezes set ended_at_ms = $2 where id = $1", [
            freeze.id,
            freeze.endedAtMs,
          ]);
        });
    });
  }

  async #write(
    key: string,
    row: unknown,
    write: (isNew: boolean) => Promise<unknown>,
  ): Promise<void> {
    const text = JSON.stringify(row);
    const known = this.#written.get(key);
    if (known === text) return;
    await write(known === undefined);
    this.#written.set(key, text);
  }
}

async function writeRun(tx: Tx, run: Run, isNew: boolean): Promise<void> {
  if (isNew) await insertRun(tx, run);
  const { status, detail, actedAtMs, finishedAtMs, after, outcome } = run;
  await updateRun(tx, run.id, { status, detail, actedAtMs, finishedAtMs, after, outcome });
}
