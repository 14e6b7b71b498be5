import { describe, expect, it } from "vitest";
import { isDigest } from "../../src/incidents/digest.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Attempt } from "../../src/outbox/executor.ts";
import { listIncidents } from "../../src/store/incidents/list.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import { countRuns } from "../../src/store/runs/list.ts";
import { insertRun } from "../../src/store/runs/run.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import { storedRun } from "../fakes/runs.ts";
import { allDone, type Called, handlers, open, record, withWorker } from "../programs/effects.ts";
import { until } from "../programs/eventually.ts";
import type { Handlers } from "../programs/executors.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const newest = async (store: Store): Promise<Incident | undefined> =>
  (await listIncidents(store)).items.flatMap((item) => (isDigest(item) ? [] : [item]))[0];

describe("promised effects", () => {
  it("are carried out once each, tickets in order, and their results reach the incident", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    await withWorker(store, handlers(called), async () => {
      await open(store);
      await until(async () => (await newest(store))?.ticket !== undefined);
      await record(store, episodeClosed());
      await until(
        async () => (await newest(store))?.state === "resolved" && (await allDone(store)),
      );
    });
    const tickets = called.filter(({ kind }) => kind.startsWith("ticket."));
    expect(tickets.map(({ kind }) => kind)).toEqual([
      "ticket.open",
      "ticket.comment",
      "ticket.update",
      "ticket.resolve",
    ]);
    expect(called.filter(({ kind }) => kind === "run.start")).toHaveLength(1);
    expect((await newest(store))?.ticket?.key).toBe("IR-1");
  });

  it("are tried again after a failure, saying whether any attempt before may have taken effect", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    const lost = Object.assign(new Error("no answer"), { maybeApplied: true });
    const refused = Object.assign(new Error("refused"), { maybeApplied: false });
    const fail = (kind: string, time: number): Error | undefined =>
      kind === "run.start" ? [refused, lost, refused][time - 1] : undefined;
    await withWorker(store, handlers(called, fail), async () => {
      await open(store);
      await until(() => allDone(store));
    });
    const runs = called.filter(({ kind }) => kind === "run.start");
    expect(runs.map(({ unknown }) => unknown)).toEqual([false, false, true, true]);
  });

  it("are told what earlier attempts were about to write, though the last one failed without effect", async () => {
    const store = await stores.open();
    const told: (readonly string[] | undefined)[] = [];
    const refused = Object.assign(new Error("refused"), { maybeApplied: false });
    const writing = async (_effect: unknown, _incident: unknown, attempt: Attempt) => {
      told.push(attempt.mayHaveWritten);
      attempt.willWrite?.([`text ${attempt.attempt}`]);
      await attempt.mayAct();
      if (attempt.attempt === 1) throw refused;
      return [];
    };
    await withWorker(store, { ...handlers([]), "run.start": writing }, async () => {
      await open(store);
      await until(() => allDone(store));
    });
    expect(told).toEqual([[], ["text 1"]]);
  });

  it("do not wait for a tracker that is away: the restart runs, the ticket comes later", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    let away = true;
    const fail = (kind: string): Error | undefined =>
      away && kind === "ticket.open" ? new Error("Jira is away") : undefined;
    await withWorker(store, handlers(called, fail), async () => {
      await open(store);
      await until(async () => called.some(({ kind }) => kind === "run.start"));
      expect((await newest(store))?.ticket).toBeUndefined();
      away = false;
      await until(() => allDone(store));
    });
    expect((await newest(store))?.ticket?.key).toBe("IR-1");
  });

  it("say what became of a run, for the metrics and the next cooldown", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    const run = storedRun("r1");
    const facts = {
      id: "r1",
      fix: "restart-svc",
      remediation: "restart-container",
      target: "svc",
      atMs: 1,
    };
    const acted = { ...facts, status: "acted", detail: "restarted" } as const;
    const effects = {
      ...handlers(called),
      "run.start": async () => [{ type: "run_changed", run: acted } as const],
    } satisfies Handlers;
    await withWorker(store, effects, async () => {
      await store.transaction((tx) => insertRun(tx, run));
      await open(store);
      await until(async () => (await newest(store))?.runs.length === 1);
      const outcome = { outcome: "not_recovered", detail: "still anomalous" } as const;
      const verified = { type: "verified", id: "v1", run: "r1", at: 1, ...outcome } as const;
      await record(store, { ...verified, model: episodeOpened().model });
    });
    expect(await countRuns(store)).toEqual([
      { fix: "restart-svc", status: "acted", outcome: "not_recovered", count: 1 },
    ]);
  });

  it("effects of a process that dies in the middle are found by the next process, and looked up", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    let hang: (() => void) | undefined;
    const stuck = new Promise<never>((_resolve, reject) => {
      hang = () => reject(new Error("the process is gone"));
    });
    const first = { ...handlers(called), "run.start": () => stuck } satisfies Handlers;
    const second = handlers(called);
    await withWorker(store, first, async () => {
      await open(store);
      await until(async () => (await countEffects(store)).done >= 1);
      // What a crash leaves: taken, intent recorded, the lease run out.
      await until(async () => {
        const [row] = await store.query<{ count: number }>(
          "select count(*) as count from outbox where intent is not null and status = 'working'",
        );
        return row?.count === 1;
      });
      await store.query("update outbox set lease_until = '-infinity' where status = 'working'");
      await withWorker(store, second, () => until(() => allDone(store)));
      hang?.();
    });
    expect(called.filter(({ kind }) => kind === "run.start")).toEqual([
      { kind: "run.start", unknown: true },
    ]);
  });
});

const noTicket = (kind: string): Error | undefined =>
  kind === "ticket.open" ? new Error("Jira is away") : undefined;

describe("a tracker that is away", () => {
  it("a tracker that is unavailable is left alone after three failures, is reported, and gets one probe at a time", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    let away = true;
    const fail = (kind: string): Error | undefined =>
      away && kind === "ticket.open" ? new Error("Jira is away") : undefined;
    const opens = (): number => called.filter(({ kind }) => kind === "ticket.open").length;
    await withWorker(store, handlers(called, fail), async (worker, registry) => {
      const state = async (): Promise<string | undefined> =>
        /driftwarden_breaker_state\{dependency="tracker"\} (\d)/.exec(
          await registry.metrics(),
        )?.[1];
      expect(worker.dependencyHealth("tracker")).toEqual({ ok: true });
      for (let n = 0; n < 12; n++) await open(store, { id: `e${n}`, model: `t/e/s${n}/m` });
      await until(async () => (await state()) === "2" && (await countEffects(store)).working === 0);
      expect(worker.dependencyHealth("tracker")).toEqual({ ok: false, reason: "Jira is away" });
      expect(worker.dependencyHealth("engine")).toEqual({ ok: true });
      const asked = opens();
      await until(async () => opens() > asked);
      expect(opens(), "one probe, though twelve tickets wait").toBe(asked + 1);
      away = false;
      await until(() => allDone(store));
      expect(worker.dependencyHealth("tracker")).toEqual({ ok: true });
      expect(await state()).toBe("0");
    });
  });

  it("is no longer said to be when another process has done what was left", async () => {
    const store = await stores.open();
    await withWorker(store, handlers([], noTicket), async (worker) => {
      for (let n = 0; n < 3; n++) await open(store, { id: `e${n}`, model: `t/e/s${n}/m` });
      await until(async () => !worker.dependencyHealth("tracker").ok);
      await store.query("update outbox set status = 'done' where lane = 'ticket'");
      await until(async () => worker.dependencyHealth("tracker").ok);
      expect(worker.health()).toEqual({ ok: true });
    });
  });

  it("keeps no restart waiting, even when its answer takes for ever", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    let answer: (() => void) | undefined;
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const quick = handlers(called);
    const effects: Handlers = {
      ...quick,
      "ticket.open": async (...given) => {
        await slow;
        return quick["ticket.open"](...given);
      },
    };
    await withWorker(store, effects, async () => {
      await open(store);
      await until(async () => (await countEffects(store)).working === 1);
      await open(store, { id: "e2", model: "t/e/s/other" });
      await until(async () => called.filter(({ kind }) => kind === "run.start").length === 2);
      expect((await newest(store))?.ticket).toBeUndefined();
      answer?.();
      await until(() => allDone(store));
    });
    expect((await newest(store))?.ticket?.key).toBe("IR-1");
  });
});
