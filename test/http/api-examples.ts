/** What each route of the API answers for made-up incidents, runs, models and effects. */

import { modelJson } from "../../src/detection/model-json.ts";
import { runJson } from "../../src/healing/run-json.ts";
import type { Digest } from "../../src/incidents/digest.ts";
import { freezeJson } from "../../src/incidents/freeze-json.ts";
import { incidentJson } from "../../src/incidents/incident-json.ts";
import type { RunReplica } from "../../src/incidents/run-replica.ts";
import { effectJson } from "../../src/outbox/effect-json.ts";
import { episodeOpened, openIncident, serviceEpisode } from "../fakes/episodes.ts";
import { freezeOf } from "../fakes/freezes.ts";
import { modelView } from "../fakes/model-view.ts";
import { storedRun } from "../fakes/runs.ts";

const atMs = Date.UTC(2026, 10, 27, 3, 14, 15, 926);
const episode = episodeOpened({ at: atMs * 1000 + 512, newestRow: atMs * 1000 });
const run = {
  id: "4f6c1d2e8a9b0c1d2e3f",
  fix: "restart-scorer",
  remediation: "restart-container",
  target: "scorer",
  atMs: atMs + 2_000,
} as const;

const denied = {
  ...run,
  status: "denied",
  gate: "cooldown",
  retryAtMs: atMs + 600_000,
  detail: "restart-scorer ran 20 min ago, and its cooldown is 30 min.",
} as const;

export const incident = incidentJson(
  openIncident({
    openedAtMs: atMs,
    lastSeenAtMs: atMs + 3_000,
    episode,
    ticket: { id: "10042", key: "IR-42", url: "https://example.atlassian.net/browse/IR-42" },
    runs: [denied],
    // What it remembers for itself is not shown.
    ticketPromisedAtMs: atMs,
    written: { summary: "a hash", description: "a hash" },
    closedByHand: { atMs, untilMs: atMs },
  }),
  [{ state: "joined", severity: "P1", episode }],
);

export const freeze = freezeJson(
  freezeOf({ atMs, untilMs: atMs + 7_200_000, matchers: { models: ["churn-v7"] } }),
  atMs,
);

const service = serviceEpisode({ at: atMs * 1000 });
export const resolvedService = incidentJson(
  openIncident({
    number: 8,
    subject: service.service,
    kinds: [service.kind],
    episode: service,
    state: "resolved",
    openedAtMs: atMs,
    resolvedAtMs: atMs + 900_000.75,
  }),
  [{ state: "left", severity: "P1", episode: service }],
);

const digested: Digest = {
  id: "inc-missed-e1",
  number: 9,
  fingerprint: "0123456789abcdef0123",
  scope: { tenant: "default", environment: "production" },
  severity: "P1",
  state: "recovered",
  openedAtMs: atMs,
  lastSeenAtMs: atMs,
  occurrences: 130,
  kinds: ["shift"],
  entries: [{ incident: 5, episode, severity: "P1", endMs: atMs + 60_000 }],
};
export const digest = incidentJson(digested);

const shownRun = {
  ...storedRun(run.id),
  fix: run.fix,
  incidentNumber: 7,
  targetId: "f00dcafe",
  targetName: "scorer",
  host: "web-1",
  snapshot: { image: "acme/scorer:7", started_at: "2026-11-20T09:00:00.123456789Z" },
  after: { image: "acme/scorer:7", started_at: "2026-11-27T03:14:18.5Z" },
  detail: "scorer was restarted.",
  decidedAtMs: atMs,
  actedAtMs: atMs + 1_000,
  finishedAtMs: atMs + 3_500,
  outcome: "recovered",
} as const;
export const storedRunShown = runJson(shownRun);

const replica = (n: number, status: RunReplica["status"], detail: string | null): RunReplica => ({
  n,
  targetId: `f00dcaf${n}`,
  targetName: `scorer-${n}`,
  host: "web-1",
  snapshot: shownRun.snapshot,
  status,
  detail,
  begunAtMs: status === "untouched" ? null : atMs + n * 1_000,
  finishedAtMs: status === "untouched" ? null : atMs + n * 1_000 + 500,
  after: status === "back" ? shownRun.after : null,
});

/** The replicas of a run that acts on several. */
export const replicasShown = {
  replicas: runJson({
    ...shownRun,
    replicas: [
      replica(1, "back", "scorer-1 is healthy."),
      replica(2, "not_back", "scorer-2 did not come back healthy within 5m: it is unhealthy."),
      replica(3, "untouched", null),
    ],
  }).replicas,
};

const view = modelView("default/production/main/churn-v7");
export const model = modelJson({
  ...view,
  lastAt: atMs * 1000,
  openEpisode: { id: "e1", kind: "shift", at: atMs * 1000 },
  scores: [
    { detector: "rolling-z-score", score: 2.24 },
    { detector: "half-space-trees", score: undefined },
  ],
});

export const effect = effectJson({
  seq: 12,
  id: "inc-e1:opened:ticket.open",
  incident: "inc-e1",
  incidentNumber: 7,
  effect: { kind: "ticket.open" },
  status: "dead",
  attempts: 9,
  dueAtMs: atMs,
  lastError: "DW_JIRA_PROJECT_MISSING creating the issue: the project IR does not exist",
});
