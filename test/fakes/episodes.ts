/** Episodes and incidents as plain data, for tests of everything that comes after detection. */
import type { EpisodeClosed, EpisodeOpened } from "../../src/detection/event.ts";
import type { ServiceEpisode } from "../../src/incidents/episode.ts";
import { fingerprint } from "../../src/incidents/fingerprint.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { countsOf, groupOf } from "../../src/incidents/member.ts";

const model = "default/production/main/churn-v7";
const subject = { kind: "model", key: model } as const;

export function episodeOpened(changes: Partial<EpisodeOpened> = {}): EpisodeOpened {
  return {
    type: "episode_opened",
    id: "e1",
    model,
    at: 1_760_000_000_000_000,
    kind: "shift",
    reason: "credit_score was outside its band in 2 of 3 attributions (z −11.2, boundary 5.0).",
    score: 2.24,
    features: [
      {
        feature: "credit_score",
        before: 0.31,
        after: 0.05,
        rankBefore: 1,
        rankAfter: 7,
        low: 0.26,
        high: 0.36,
        score: 2.24,
        part: 1,
      },
    ],
    detectors: [
      { detector: "rolling-z-score", score: 2.24 },
      { detector: "half-space-trees", score: 1.1 },
    ],
    learned: 1008,
    warmUp: undefined,
    cadence: 600_000_000,
    newestRow: 1_760_000_000_000_000,
    ...changes,
  };
}

export function episodeClosed(changes: Partial<EpisodeClosed> = {}): EpisodeClosed {
  return {
    type: "episode_closed",
    id: "c1",
    episode: "e1",
    model,
    at: 1_760_003_600_000_000,
    cause: "recovered",
    ...changes,
  };
}

export function openIncident(changes: Partial<Incident> = {}): Incident {
  const { state = "open", episode = episodeOpened() } = changes;
  return {
    id: "inc-e1",
    number: 7,
    fingerprint: fingerprint(subject),
    subject,
    severity: "P1",
    state: "open",
    openedAtMs: 1_760_000_000_000,
    lastSeenAtMs: 1_760_000_000_000,
    members: countsOf[state],
    group: groupOf(episode),
    occurrences: 1,
    kinds: ["shift"],
    episode,
    runs: [],
    ...changes,
  };
}

export function serviceEpisode(changes: Partial<ServiceEpisode> = {}): ServiceEpisode {
  return {
    type: "episode_opened",
    id: "s1",
    service: { kind: "service", tenant: "default", environment: "production", name: "checkout" },
    at: 1_760_000_000_000_000,
    kind: "oom",
    reason: "checkout was killed at 20:47:00 UTC with 512 of 512 MB used.",
    severity: "P1",
    ...changes,
  };
}
