/** An incident of every kind, as it may wake somebody, and all that helps there. */
import type { BlamedFeature, EpisodeKind } from "../../src/detection/event.ts";
import type { PeopleSaid } from "../../src/incidents/deed.ts";
import { isModelEpisode, type ModelEpisode } from "../../src/incidents/episode.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { groupOf } from "../../src/incidents/member.ts";
import type { HelpLinks } from "../../src/messages/opening-block.ts";
import { modelKey, modelName } from "../../src/model-key.ts";
import { exampleFeature, exampleIncident, exampleRun } from "../tickets/example-incident.ts";

const minute = 60_000_000;
const at = Date.parse("2026-11-26T20:47:00Z") * 1000;

export const help: HelpLinks = {
  dashboardUrl: "https://grafana.example.com/d/models?var-model={{model}}&from={{from}}",
  sources: {
    main: {
      table: "explainability_metrics",
      columns: {
        timestamp: "timestamp",
        feature: "feature_name",
        importance: "importance",
        model: "model",
      },
      timeZone: "UTC",
    },
  },
  fixesFor: () => [{ name: "restart-svc", mode: "observe" }],
};

/** With one name for everything that has one. */
export interface Named {
  readonly model: string;
  readonly feature: string;
}

const usual: Named = { model: "churn-v7", feature: "credit_score" };

/** What is blamed in an incident of each kind. */
function blamedIn(kind: EpisodeKind, feature: string): readonly BlamedFeature[] {
  const band = { low: 0.23, high: 0.39 };
  const fell = exampleFeature({ feature, before: 0.312, after: 0.0487, ...band });
  const gone = { ...fell, after: undefined, rankAfter: undefined };
  const features: Readonly<Record<EpisodeKind, readonly BlamedFeature[]>> = {
    shift: [
      fell,
      exampleFeature({ feature: "age", before: 0.12, after: 0.2, low: 0.1, high: 0.14 }),
    ],
    level_shift: [fell],
    leak: [{ ...fell, before: 0.0487, after: 0.71, low: 0.04, high: 0.06 }],
    silent: [],
    feature_missing: [gone],
    frozen: [],
    bad_values: [gone],
    second_exporter: [fell],
    quarantined: [],
    new_feature: [{ ...fell, before: undefined, after: 0.48, low: undefined, high: undefined }],
  };
  return features[kind];
}

export interface ModelIncident extends Incident {
  readonly episode: ModelEpisode;
}

export function goldenIncident(kind: EpisodeKind, { model, feature } = usual): ModelIncident {
  const incident = exampleIncident({ model, kind, features: blamedIn(kind, feature) });
  if (!isModelEpisode(incident.episode)) throw new Error("the example is about a model");
  const silentFor = kind === "silent" ? 31 * minute : 0;
  const judged = kind === "shift" || kind === "leak" ? { crossed: 2, of: 3 } : {};
  const episode = {
    ...incident.episode,
    at,
    newestRow: at - silentFor,
    cadence: 10 * minute,
    score: 4.9,
    reason: `${kind} was seen`,
    onset:
      kind === "silent"
        ? { lastNormal: at - silentFor, from: at - silentFor + 10 * minute }
        : { lastNormal: at - 20 * minute, from: at - 10 * minute, ...judged },
  };
  return { ...incident, openedAtMs: at / 1000, episode };
}

/** Forty models that one cause broke. */
export function sharedIncident(kind: EpisodeKind, name = usual): Incident {
  const incident = goldenIncident(kind, name);
  const { episode } = incident;
  const group = { ...groupOf(episode), ...(kind === "silent" && { whole: true as const }) };
  const named = [1, 2].map((n) => {
    const model = modelKey({ ...modelName(episode.model), model: `${name.model}-${n}` });
    return { state: "joined" as const, severity: "P1" as const, episode: { ...episode, model } };
  });
  return {
    ...incident,
    kinds: kind === "silent" ? [kind, "source_silent"] : [kind],
    members: { joined: 40, recovered: 0, left: 0 },
    group,
    memberList: { named, sourceModels: kind === "silent" ? 40 : 200 },
  };
}

export const goldenKinds: readonly EpisodeKind[] = [
  "shift",
  "leak",
  "silent",
  "feature_missing",
  "frozen",
  "bad_values",
  "second_exporter",
  "new_feature",
  "level_shift",
  "quarantined",
];

/** Further tickets of a feature that lost its influence, as they may look later, or beside other news. */
export const goldenStages: Readonly<Record<string, () => Incident>> = {
  refused: () => {
    const run = exampleRun({
      status: "denied",
      gate: "cooldown",
      atMs: at / 1000,
      retryAtMs: at / 1000 + 18 * 60_000,
      detail: "It rests for 30 min after the last restart at 20:35 UTC.",
    });
    return { ...goldenIncident("shift"), runs: [run], people: heldBy("sarah") };
  },
  over: () => {
    const endMs = Date.parse("2026-11-26T22:51:00Z");
    const run = exampleRun({
      atMs: at / 1000 + 8 * 60_000,
      outcome: "not_recovered",
      detail: "Restarted in 4 s.",
    });
    return {
      ...goldenIncident("shift"),
      state: "resolved",
      members: { joined: 0, recovered: 1, left: 0 },
      endedBy: "recovered",
      lastSeenAtMs: endMs,
      resolvedAtMs: endMs + 15 * 60_000,
      runs: [run],
      people: heldBy("sarah"),
    };
  },
  worse: () => {
    const acted = exampleRun({
      atMs: at / 1000 + 8 * 60_000,
      detail: "Restarted in 4 s.",
      worse: {
        atMs: at / 1000 + 20 * 60_000,
        rise: { from: "P2", to: "P1" },
        features: ["age", "tenure"],
      },
    });
    const refused = exampleRun({
      status: "denied",
      gate: "healthy_floor",
      atMs: at / 1000 + 2 * 60_000,
      retryAtMs: at / 1000 + 5 * 60_000,
      detail: "Without my-service its service would have 0 of 2 other containers healthy.",
    });
    return { ...goldenIncident("shift"), runs: [refused, acted] };
  },
  again: () => {
    const hour = 3_600_000;
    const wellForMs = [1.8 * hour, 2 * hour, 2.4 * hour] as const;
    return {
      ...goldenIncident("shift"),
      helpedBefore: { fixes: ["restart-svc"], times: 3, wellForMs },
    };
  },
  planned: () => {
    const incident = goldenIncident("shift");
    const changes = [
      { at: at - 300 * minute, what: "retrain" },
      { at: at - 20 * minute, what: "deploy feature-store 2.4 by tom" },
    ];
    return { ...incident, episode: { ...incident.episode, changes } };
  },
};

const heldBy = (by: string): PeopleSaid => ({
  ack: { by, atMs: at / 1000 + 3 * 60_000, command: "1#0" },
  words: [],
  questions: [],
  lastAtMs: at / 1000 + 3 * 60_000,
});
