import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { type ApplyOptions, applyDecision } from "../../src/incidents/apply.ts";
import type { EffectHandlers } from "../../src/incidents/effect-handler.ts";
import { EffectsWorker } from "../../src/incidents/effects-worker.ts";
import { incidentsMetrics } from "../../src/incidents/metrics.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import { touchPresence } from "../../src/store/presence/presence.ts";
import type { Store } from "../../src/store/store.ts";
import { ticketEffects } from "../../src/tickets/effects.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { withCareAfterRestore } from "../../src/wiring/after-restore.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { silent, startTestStores, type TestStores } from "../programs/store.ts";
import { FakeTracker } from "../tickets/fake-tracker.ts";

let stores: TestStores;
beforeAll(async () => {
  stores = await startTestStores();
});
afterAll(() => stores.stop());

const apply: ApplyOptions = {
  clock: systemClock,
  settings: {
    resolveAfterMs: 600_000,
    reopenDurationMs: 600_000,
    healthAfterMs: 600_000,
    fixesFor: () => ["restart-svc"],
  },
};

/** The world outside, which no restore turns back. */
interface World {
  readonly tracker: FakeTracker;
  /** Episodes for which the fix has run. */
  readonly restarts: string[];
}

function handlersIn({ tracker, restarts }: World): EffectHandlers {
  const ticketing = createTicketing({
    tracker,
    clock: systemClock,
    logger: silent,
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: undefined, P1: undefined, P2: undefined } },
  });
  return {
    ...ticketEffects(ticketing),
    "run.start": async (effect) => {
      restarts.push(effect.episode);
      return [];
    },
    "run.check_health": async () => [],
    "run.ask_model": async () => [],
    "incident.settle": async () => [],
  };
}

/** Opens the store as the daemon does, decides the episodes, and carries out what they promise. */
async function decide(store: Store, world: World, episodes: readonly string[]): Promise<void> {
  const restoredAtMs = await touchPresence(store);
  const worker = new EffectsWorker({
    store,
    handlers: withCareAfterRestore(handlersIn(world), () => restoredAtMs),
    isAway: () => false,
    apply,
    owner: "me",
    clock: systemClock,
    logger: silent,
    metrics: incidentsMetrics(new Registry(), {
      open: async () => new Map(),
      effects: async () => ({}),
    }),
  });
  for (const id of episodes) {
    const newestRow = Date.now() * 1000;
    const event = episodeOpened({ id, model: `t/e/s/${id}`, newestRow });
    await store.transaction(async (tx) => void (await applyDecision(tx, event, apply)));
  }
  worker.start();
  await eventually(async () => {
    const { pending, working } = await countEffects(store);
    expect(pending + working).toBe(0);
  });
  await worker.stop();
}

describe("a store that is restored from yesterday's dump", () => {
  it("opens no ticket and makes no run a second time, and goes on with what is new", async () => {
    const schema = "driftwarden";
    const before = await stores.open({ schema });
    const world: World = { tracker: new FakeTracker(), restarts: [] };
    await decide(before, world, ["old"]);
    await before.close();
    // What pg_dump and pg_restore make: the same rows in another database.
    await sql(stores.postgres.server.url, "create database yesterday template store");
    const live = await stores.open({ schema });
    await decide(live, world, ["forgotten"]);
    await live.close();
    expect(world.restarts).toEqual(["old", "forgotten"]);

    const url = stores.url.replace(/\/store$/, "/yesterday");
    const restored = await stores.open({ schema, url });
    // The rows behind it are read again and decided again; they are older than the restore.
    const again = episodeOpened({
      id: "forgotten",
      model: "t/e/s/forgotten",
      newestRow: (Date.now() - 1000) * 1000,
    });
    await restored.transaction(async (tx) => void (await applyDecision(tx, again, apply)));
    await decide(restored, world, []);
    expect(world.tracker.issues).toHaveLength(2);
    expect(world.restarts).toEqual(["old", "forgotten"]);
    const [refused] = await restored.query<{ runs: unknown }>(
      "select document -> 'runs' as runs from incidents where id = 'inc-forgotten'",
    );
    expect(refused?.runs).toMatchObject([{ status: "denied", gate: "restored" }]);

    await decide(restored, world, ["new"]);
    expect(world.tracker.issues).toHaveLength(3);
    expect(world.restarts).toEqual(["old", "forgotten", "new"]);
  });
});

describe("the store's presence", () => {
  it("is undisturbed by a restart within an hour", async () => {
    const store = await stores.open();
    expect(await touchPresence(store)).toBeUndefined();
    await store.query("update presence set seen_at = now() - interval '59 minutes'");
    expect(await touchPresence(store)).toBeUndefined();
  });

  it("shows that a copy may have been put back when nobody used it for longer, and remembers that", async () => {
    const store = await stores.open();
    await touchPresence(store);
    await store.query("update presence set seen_at = now() - interval '61 minutes'");
    const restoredAtMs = await touchPresence(store);
    expect(Math.abs((restoredAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await touchPresence(store)).toBe(restoredAtMs);
  });
});
