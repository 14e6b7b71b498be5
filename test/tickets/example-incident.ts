/** An incident to write tickets about. */
import type { BlamedFeature, EpisodeKind, EpisodeOpened } from "../../src/detection/event.ts";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import { countsOf, groupOf } from "../../src/incidents/member.ts";
import { modelKey } from "../../src/model-key.ts";

const atMs = Date.parse("2026-11-20T09:34:00Z");

interface Example {
  readonly model?: string;
  readonly kind?: EpisodeKind;
  readonly features?: readonly BlamedFeature[];
}

export function exampleFeature(change: Partial<BlamedFeature> = {}): BlamedFeature {
  return {
    feature: "credit_score",
    before: 0.3124,
    after: 0.0042,
    rankBefore: 1,
    rankAfter: 9,
    low: 0.28,
    high: 0.34,
    score: 6.31,
    part: 0.82,
    ...change,
  };
}

export function exampleIncident(example: Example = {}, change: Partial<Incident> = {}): Incident {
  const { model: name = "churn-v7", kind = "shift", features = [exampleFeature()] } = example;
  const model = modelKey({ tenant: "acme", environment: "prod", source: "main", model: name });
  const episode: EpisodeOpened = {
    type: "episode_opened",
    id: "episode-1",
    model,
    at: atMs * 1000,
    kind,
    reason: "credit_score is 12.3 sigma from its moving average, above 5, in 2 of 3 attributions",
    score: 6.31,
    features,
    detectors: [
      { detector: "rolling-z-score", score: 6.31 },
      { detector: "half-space-trees", score: undefined },
    ],
    learned: 2016,
    warmUp: undefined,
    cadence: 300_000_000,
    newestRow: atMs * 1000,
  };
  return {
    id: "incident-1",
    number: 12,
    fingerprint: "0123456789abcdef0123",
    subject: { kind: "model", key: model },
    severity: "P1",
    state: "open",
    openedAtMs: atMs,
    lastSeenAtMs: atMs + 60_000,
    members: countsOf[change.state ?? "open"],
    group: groupOf(episode),
    occurrences: 1,
    kinds: [kind],
    episode,
    runs: [],
    ...change,
  };
}

export function exampleRun(change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: "run-1",
    fix: "restart-svc",
    remediation: "restart-container",
    target: "my-service",
    atMs,
    status: "acted",
    detail: "Restarted in 1.2s",
    ...change,
  };
}
