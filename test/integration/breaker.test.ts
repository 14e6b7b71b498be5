/** The breaker of a fix, over several incidents, with the real store, outbox and commands. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Verified } from "../../src/detection/event.ts";
import { runId } from "../../src/healing/decide-run.ts";
import { getIncident } from "../../src/store/incidents/incident.ts";
import { countRecurred, helpedBefore } from "../../src/store/runs/helped.ts";
import { insertRun, type Run } from "../../src/store/runs/run.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { storedRun } from "../fakes/runs.ts";
import { type Approving, approving } from "../programs/approving.ts";
import { record } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { withOneFix } from "../programs/executors.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const commentsSql = `select id from outbox where incident = $1 and effect ->> 'kind' = 'ticket.comment'
  and effect -> 'note' ->> 'about' = $2`;

async function place(): Promise<Approving> {
  const scene = await approving(await stores.open(), { mode: "auto" });
  scene.outbox.start();
  onTestFinished(() => scene.outbox.stop());
  return scene;
}

/** An incident of its own opens. @returns once its run is as it says, and the incident knows */
async function breaks(scene: Approving, episode: string, status: Run["status"]): Promise<void> {
  await scene.open(episode);
  await becomes(scene, episode, status);
}

const becomes = (scene: Approving, episode: string, status: Run["status"]): Promise<void> =>
  eventually(async () => {
    const incident = await getIncident(scene.store, `inc-${episode}`);
    expect(incident).toMatchObject({ runs: [{ status }] });
    expect(await scene.run()).toMatchObject({ incident: incident?.id, status });
  });

/** What the model's own detectors say of the run. */
const judged = ({ store }: Approving, episode: string, outcome: Verified["outcome"]) => {
  const run = runId({ fix: "restart-svc", episode });
  const event = { type: "verified", id: `v-${episode}`, run, model: `t/e/${episode}/m` } as const;
  const detail = "0 clean in a row of 3 attributions";
  return record(store, { ...event, at: Date.now() * 1000, outcome, detail }, withOneFix);
};

/** Whether the ticket of each of them was told that the fix does not help. */
function escalated({ store }: Approving, ...episodes: readonly string[]): Promise<boolean[]> {
  return Promise.all(
    episodes.map(async (episode) => {
      const rows = await store.query(commentsSql, [`inc-${episode}`, "escalated"]);
      return rows.length === 1;
    }),
  );
}

describe("the breaker of a fix in mode auto (A34, B2)", () => {
  it("asks a person after two runs that did not help, and no more after one that did", async () => {
    const scene = await place();
    for (const episode of ["e1", "e2"]) {
      await breaks(scene, episode, "acted");
      await judged(scene, episode, "not_recovered");
    }
    expect(await escalated(scene, "e1", "e2")).toEqual([false, true]);
    await breaks(scene, "e3", "proposed");
    expect(scene.acts).toHaveLength(2);
    const asked = await scene.run();
    expect(asked?.proposal?.because).toContain("The last two runs of restart-svc did not help");
    await eventually(async () =>
      expect(await scene.say("dw approve", { incident: 3 })).toContain("sarah approved"),
    );
    await becomes(scene, "e3", "acted");
    await judged(scene, "e3", "recovered");
    await breaks(scene, "e4", "acted");
    expect(scene.acts).toHaveLength(4);
  });

  it("escalates on one ticket when two runs are judged in the same moment", async () => {
    const scene = await place();
    await breaks(scene, "e1", "acted");
    await breaks(scene, "e2", "acted");
    await Promise.all(["e1", "e2"].map((episode) => judged(scene, episode, "not_recovered")));
    expect((await escalated(scene, "e1", "e2")).filter((each) => each)).toHaveLength(1);
  });

  it("acts on nothing that was made anew since a person agreed", async () => {
    const scene = await place();
    for (const episode of ["e1", "e2"]) {
      await breaks(scene, episode, "acted");
      await judged(scene, episode, "not_recovered");
    }
    await breaks(scene, "e3", "proposed");
    scene.recreate();
    await eventually(async () =>
      expect(await scene.say("dw approve", { incident: 3 })).toContain("sarah approved"),
    );
    await becomes(scene, "e3", "void");
    expect(scene.acts).toHaveLength(2);
  });
});

const replicaSql = `
insert into run_replicas (id, run, n, target_id, target_name, host, snapshot, status)
values ($1, $2, $3, $4, $4, 'host', '{}', $5)`;
const hour = 3_600_000;
const day = 24 * hour;

describe("what broke again within seven days after a run had helped", () => {
  it("is counted, with how long it stayed well, for its kind of trouble or for its target", async () => {
    const store = await stores.open();
    const atMs = Date.now();
    const episode = episodeOpened({ id: "e1", model: "t/e/s/m", at: atMs * 1000 });
    await record(store, episode, withOneFix);
    const wellAt = (id: string, agoMs: number, changes: Partial<Run> = {}): Run => ({
      ...storedRun(id),
      subject: "model\nt/e/s/m",
      targetId: "container-1",
      outcome: "recovered",
      decidedAtMs: atMs - agoMs - hour,
      finishedAtMs: atMs - agoMs,
      ...changes,
    });
    const elsewhere = { subject: "model\nt/e/s/other", incident: "inc-other" };
    const runs = [
      wellAt("long-ago", 8 * day),
      wellAt("first", 3 * day),
      wellAt("second", 3 * day - 3 * hour),
      wellAt("not-helped", day, { outcome: "not_recovered" }),
      wellAt("other-kind", 3 * hour, { incident: "inc-other", targetId: "container-2" }),
      wellAt("other-model", 2 * hour, { ...elsewhere, targetId: "container-1" }),
      wellAt("not-yet-broken", -hour),
    ];
    for (const each of runs) await store.transaction((tx) => insertRun(tx, each));
    const broken = { incident: "inc-e1", subject: "model\nt/e/s/m", kind: episode.kind, atMs };
    expect(await helpedBefore(store, broken)).toEqual({
      fixes: ["restart-svc"],
      times: 3,
      wellForMs: [2 * hour, 2 * hour, 44 * hour],
    });
    expect(await helpedBefore(store, { ...broken, atMs: atMs - 9 * day })).toBeUndefined();
    expect(await countRecurred(store)).toEqual([{ fix: "restart-svc", count: 5 }]);
  });

  it("counts every replica that a run acted on, and none that it left untouched", async () => {
    const store = await stores.open();
    const atMs = Date.now();
    const broken = { incident: "inc-now", subject: "model\nt/e/s/m", kind: "shift", atMs };
    const acted = async (id: string, agoMs: number, more: Partial<Run> = {}): Promise<void> => {
      const run: Run = {
        ...storedRun(id),
        subject: `model\nt/e/s/${id}`,
        incident: `inc-${id}`,
        targetId: "container-1",
        outcome: "recovered",
        decidedAtMs: atMs - agoMs - hour,
        finishedAtMs: atMs - agoMs,
        ...more,
      };
      await store.transaction((tx) => insertRun(tx, run));
      for (const [n, status] of ["back", "back", "untouched"].entries())
        await store.query(replicaSql, [`${id}#${n}`, id, n, `container-${n + 1}`, status]);
    };
    await acted("rolled", 3 * hour);
    const now = { incident: "inc-now", outcome: null, finishedAtMs: null, decidedAtMs: atMs };
    const single = { ...storedRun("single"), ...now, targetId: "container-2" };
    await store.transaction((tx) => insertRun(tx, single));
    expect(await helpedBefore(store, broken)).toMatchObject({ times: 1 });
    expect(await countRecurred(store)).toEqual([{ fix: "restart-svc", count: 1 }]);
    const untouched = { ...storedRun("third"), ...now, targetId: "container-3" };
    await store.transaction((tx) => insertRun(tx, { ...untouched, incident: "inc-third" }));
    expect(await helpedBefore(store, { ...broken, incident: "inc-third" })).toBeUndefined();
    expect(await countRecurred(store)).toEqual([{ fix: "restart-svc", count: 1 }]);
  });
});
