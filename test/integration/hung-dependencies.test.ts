/** A Jira and a Docker that take every request and never answer: what waits is in the store, and goes out once they do. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { questionExecutor, runExecutor } from "../../src/healing/executors.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { runLedger } from "../../src/healing/run-ledger.ts";
import { Runner } from "../../src/healing/runner.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import type { RecordOptions } from "../../src/incidents/record-events.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import type { Store } from "../../src/store/store.ts";
import { ticketExecutor } from "../../src/tickets/executor.ts";
import { openJira } from "../../src/tickets/jira/jira.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { startDockerDouble } from "../chaos/docker-double.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { outboxOf, record } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { doNothing, orderKeyOf } from "../programs/executors.ts";
import { type HangingGate, startHangingGate } from "../programs/hanging-gate.ts";
import { silent, startTestStores, type TestStores } from "../programs/store.ts";

let stores: TestStores;
const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
beforeAll(async () => {
  stores = await startTestStores();
  lifecycle.onStop("stores", () => stores.stop());
});
afterAll(() => lifecycle.stop());

const hour = 3_600_000;
const recording: RecordOptions = {
  orderKeyOf,
  clock: systemClock,
  settings: {
    ticketed: true,
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    fixesFor: () => ["restart-svc"],
  },
};
const incidents = 40;
/** As the dispatcher has it: what is in hand of one dependency. */
const inHandAtMost = 8;
const deadlineMs = 400;

function ticketsThrough(gate: HangingGate) {
  const metrics = ticketsMetrics(new Registry());
  const tracker = openJira({
    url: `http://127.0.0.1:${gate.place}`,
    user: "bot",
    token: "secret",
    project: "IR",
    issueType: "Bug",
    resolveTransition: "Done",
    reopenTransition: "To Do",
    deadlineMs,
    logger: silent,
    metrics,
  });
  const priorities = { P0: undefined, P1: undefined, P2: undefined };
  const ticketing = createTicketing({
    tracker,
    clock: systemClock,
    logger: silent,
    metrics,
    context: { priorities },
    lookUpMs: 0,
  });
  return ticketExecutor({ ticketing, restoredAtMs: () => undefined });
}

function runsThrough(gate: HangingGate, store: Store) {
  const engine = openDocker({ socket: String(gate.place), deadlineMs, onCall: () => undefined });
  const config = restartContainer.config.parse({ target: { label: "app=svc" }, grace_seconds: 0 });
  const fix = {
    name: "restart-svc",
    when: { features: ["credit_score"] },
    remediation: "restart-container",
    tier: "auto",
    mode: "auto",
    cooldownMs: 0,
    maxRuns: 1,
    windowMs: hour,
  } as const;
  const runner = new Runner({
    fixes: [
      { fix, remediation: restartContainer.create(config, { docker: engine, clock: systemClock }) },
    ],
    ledger: runLedger(store),
    clock: systemClock,
    logger: silent,
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs: () => undefined,
  });
  const verify = { modelAfterMs: hour, minAttributions: 3, giveUpCadences: 6 };
  return [runExecutor(runner), questionExecutor(verify, async () => undefined)];
}

it("a Jira and a Docker that hang hold up no decision, take no more than their share, and get everything once, in order", async () => {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-hung-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const jira = await startJiraSandbox();
  lifecycle.onStop("jira", () => jira.stop());
  const docker = await startDockerDouble(join(folder, "engine.sock"), ["svc"]);
  lifecycle.onStop("docker", async () => docker.stop());
  const jiraGate = await startHangingGate(Number(new URL(jira.url).port), 0);
  const dockerGate = await startHangingGate(join(folder, "engine.sock"), join(folder, "gate.sock"));
  lifecycle.onStop("gates", async () => {
    jiraGate.stop();
    dockerGate.stop();
  });
  const store = await stores.open();
  const executors = [
    ticketsThrough(jiraGate),
    ...runsThrough(dockerGate, store),
    { ...timerExecutor, handlers: { "incident.settle": doNothing } },
  ];
  const worker = outboxOf(store, executors, { recording, owner: "me" });
  worker.start();
  lifecycle.onStop("worker", () => worker.stop());

  for (let n = 0; n < incidents; n++) {
    const began = performance.now();
    const at = Date.now() * 1000;
    const event = episodeOpened({ id: `e${n}`, model: `t/e/s/m${n}`, at, newestRow: at });
    await record(store, event, recording);
    expect(performance.now() - began).toBeLessThan(5_000);
  }
  await eventually(() => {
    for (const dependency of ["tracker", "engine"] as const) {
      const { ok, reason } = worker.dependencyHealth(dependency);
      expect(ok).toBe(false);
      expect(reason).toMatch(/\. \S.*\.$/);
    }
  });
  expect(jiraGate.mostOpen()).toBeLessThanOrEqual(inHandAtMost);
  expect(dockerGate.mostOpen()).toBeLessThanOrEqual(inHandAtMost);
  expect(worker.health()).toEqual({ ok: true });

  jiraGate.open();
  dockerGate.open();
  const unfinished =
    "select effect ->> 'kind' as kind, last_error from outbox where status <> 'done' and not timer";
  await eventually(async () => expect(await store.query(unfinished)).toEqual([]));
  expect(jira.issues()).toHaveLength(incidents);
  expect(docker.restarts).toHaveLength(1);
  // Of each incident first its ticket, then one comment: the run, or why there was none.
  expect(jira.issues().map(({ comments }) => comments.length)).toEqual(
    Array.from({ length: incidents }, () => 1),
  );
  expect(worker.dependencyHealth("tracker")).toEqual({ ok: true });
  expect(worker.dependencyHealth("engine")).toEqual({ ok: true });
});
