/** A Jira and a Docker that take every request and never answer: what waits is in the store, and goes out once they do. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterAll, expect, it } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import type { IncidentExecutor } from "../../src/incidents/executor.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import type { Store } from "../../src/store/store.ts";
import { openJira } from "../../src/tickets/jira/jira.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { startDockerDouble } from "../chaos/docker-double.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { outboxOf, record } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { type HangingGate, startHangingGate } from "../programs/hanging-gate.ts";
import { productExecutors, recordingFor } from "../programs/product-executors.ts";
import { silent, withStore } from "../programs/store.ts";

const stores = withStore();
const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
afterAll(() => lifecycle.stop());

const hour = 3_600_000;
const recording = recordingFor(hour, { ticketed: true });
const incidents = 40;
/** As the dispatcher has it: what is in hand of one dependency. */
const inHandAtMost = 8;
const deadlineMs = 400;

function executorsThrough(
  { jira, docker }: { readonly jira: HangingGate; readonly docker: HangingGate },
  store: Store,
): readonly IncidentExecutor[] {
  const metrics = ticketsMetrics(new Registry());
  const tracker = openJira({
    url: `http://127.0.0.1:${jira.place}`,
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
  const engine = openDocker({ socket: String(docker.place), deadlineMs, onCall: () => undefined });
  const config = restartContainer.config.parse({ target: { label: "app=svc" }, grace_seconds: 0 });
  return productExecutors(store, {
    ticketing: { tracker, metrics, lookUpMs: 0 },
    remediation: restartContainer.create(config, { docker: engine, clock: systemClock }),
    fix: { cooldownMs: 0, ...atMost(1, hour) },
    modelAfterMs: hour,
  });
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
  const executors = executorsThrough({ jira: jiraGate, docker: dockerGate }, store);
  const worker = outboxOf(store, executors, { recording, owner: "me" });
  worker.start();
  lifecycle.onStop("worker", () => worker.stop());

  // Nobody answers until the gates open: that all are decided shows that no decision waits for an answer.
  for (let n = 0; n < incidents; n++) {
    const at = Date.now() * 1000;
    const event = episodeOpened({ id: `e${n}`, model: `t/e/s${n}/m`, at, newestRow: at });
    await record(store, event, recording);
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
  // Each ticket shows the run, or why there was none, and no comment says it as well.
  expect(jira.issues().filter(({ description }) => description.includes("Nothing yet."))).toEqual(
    [],
  );
  expect(jira.issues().flatMap(({ comments }) => comments)).toEqual([]);
  expect(worker.dependencyHealth("tracker")).toEqual({ ok: true });
  expect(worker.dependencyHealth("engine")).toEqual({ ok: true });
});
