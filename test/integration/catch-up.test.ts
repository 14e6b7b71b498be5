import { describe, expect, it } from "vitest";
import type { Remediation } from "../../remediations/remediation.ts";
import { systemClock } from "../../src/clock.ts";
import { type RecordOptions, recordEvents } from "../../src/incidents/record-events.ts";
import { listIncidents } from "../../src/store/incidents/list.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import { listRuns } from "../../src/store/runs/list.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { outboxOf, record, type TestOutbox } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { productExecutors, recordingFor } from "../programs/product-executors.ts";
import { withStore } from "../programs/store.ts";
import { FakeTracker } from "../tickets/fake-tracker.ts";

const stores = withStore();

const minute = 60_000;
/** Decided two minutes ago, so that the tickets of late episodes are due. */
const recording: RecordOptions = {
  ...recordingFor(60 * minute, { ticketed: true, healthAfterMs: minute }),
  clock: { ...systemClock, now: () => Date.now() - 2 * minute },
};

interface World {
  readonly tracker: FakeTracker;
  readonly restarts: string[];
}

function workerOn(store: Store, { tracker, restarts }: World): TestOutbox {
  const target = { id: "a".repeat(64), name: "svc", host: "box", snapshot: {}, refusal: undefined };
  const remediation: Remediation = {
    resolve: async () => [target],
    act: async ({ name }) => {
      restarts.push(name);
      return { status: "done", detail: "restarted", after: {} };
    },
    plan: () => ({ does: "restarts it", parameters: {} }),
    lookUp: async () => ({ status: "unknown", detail: "not seen" }),
    health: async () => "healthy",
  };
  const executors = productExecutors(store, {
    ticketing: { tracker },
    remediation,
    fix: { cooldownMs: minute, ...atMost(100, minute) },
    modelAfterMs: minute,
  });
  return outboxOf(store, executors, { recording, owner: "me" });
}

/** Applies as if it were so many minutes ago. */
const ago = (minutes: number): RecordOptions => ({
  ...recording,
  clock: { ...systemClock, now: () => Date.now() - minutes * minute },
});

/** Until nothing that is due is left. */
async function allTold(store: Store, world: World): Promise<void> {
  const worker = workerOn(store, world);
  worker.start();
  await eventually(async () => {
    const due = "select count(*) as count from outbox where status <> 'done' and not timer";
    expect(await store.query(due)).toEqual([{ count: 0 }]);
  });
  await worker.stop();
}

describe("a tracker that was away while episodes came and went", () => {
  it("a tracker that comes back gets one digest for all that is over, and a ticket for what is not", async () => {
    const store = await stores.open();
    const world: World = { tracker: new FakeTracker(), restarts: [] };
    const models = ["a", "b", "still-wrong"].map((name) => `t/prod/s/${name}`);
    for (const model of models) {
      // Decided at once, three hours ago; its ticket has been waiting since.
      const atUs = (Date.now() - 180 * minute) * 1000;
      const opened = episodeOpened({ id: `o-${model}`, model, at: atUs, newestRow: atUs });
      await record(store, opened, ago(180));
      const closed = episodeClosed({ id: `c-${model}`, episode: opened.id, model });
      if (!model.endsWith("still-wrong")) await record(store, closed, ago(100));
    }
    await allTold(store, world);
    const { issues } = world.tracker;
    expect(issues).toHaveLength(2);
    expect(issues.filter(({ description }) => description.includes("was away"))).toHaveLength(1);
    expect(world.restarts).toEqual([]);
  });
});

describe("detection that catches up after it was away", () => {
  it("detection that catches up gives one digest for all that is over, a ticket for what is not, and no run", async () => {
    const store = await stores.open();
    const world: World = { tracker: new FakeTracker(), restarts: [] };
    const hoursAgoUs = (Date.now() - 180 * minute) * 1000;
    const models = ["a", "b", "c", "still-wrong"].map((name) => `t/prod/s/${name}`);
    for (const model of models) {
      const opened = episodeOpened({
        id: `o-${model}`,
        model,
        at: hoursAgoUs,
        newestRow: hoursAgoUs,
      });
      const closed = episodeClosed({ id: `c-${model}`, episode: opened.id, model });
      const events = model.endsWith("still-wrong") ? [opened] : [opened, closed];
      const happened = events.map((event) => ({ event }));
      await store.transaction((tx) => recordEvents(tx, happened, recording));
    }
    await allTold(store, world);
    const { issues } = world.tracker;
    expect(issues).toHaveLength(2);
    const summary = issues.find(({ description }) => description.includes("was away"));
    for (const name of ["a", "b", "c"])
      expect(summary?.description).toContain(` ${name}: credit_score lost`);
    expect(summary?.description).not.toContain("still-wrong");
    expect(world.restarts).toEqual([]);
    const runs = (await listRuns(store)).items;
    expect(runs.map(({ status, gate }) => `${status} by ${gate}`)).toEqual(
      models.map(() => "denied by fresh"),
    );
    const { items } = await listIncidents(store, { states: ["resolved"] });
    expect(items).toMatchObject([{ inDigest: true }, { inDigest: true }, { inDigest: true }]);
    expect((await countEffects(store)).dead).toBe(0);
  });
});
