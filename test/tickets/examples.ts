/** Incidents and digests of every kind, with hostile names, and everything that may be said about them. */
import type { BlamedFeature, EpisodeKind } from "../../src/detection/event.ts";
import { addToDigest, type Digest, entryOf } from "../../src/incidents/digest.ts";
import type { Note } from "../../src/incidents/effect.ts";
import type { ServiceEpisodeKind } from "../../src/incidents/episode.ts";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import { episodeOpened, openIncident, serviceEpisode } from "../fakes/episodes.ts";
import { exampleFeature, exampleIncident, exampleRun } from "./example-incident.ts";

export interface Example {
  readonly name: string;
  readonly about: Incident | Digest;
  readonly notes: readonly Note[];
}

/** Names as data may hold them: markup of several trackers, control characters, shells, endless ones. */
export const hostileNames: readonly string[] = [
  "{code}x{code}{noformat}y{color}",
  "[~accountid:1] [a|https://evil.example] !x.png|thumbnail!",
  "h1. *loud* _quiet_ -gone- ^up^ ~down~ +new+ ??cite??",
  "a|b||c\n|d\r\n# e\n* f\n---- \u202eg\u200b\u0000",
  "it's; rm -rf / && $(x) `y` \\\\ z\\",
  '<b>&amp;</b><script>alert(1)</script> "q"',
  "@everyone <!channel> **bold** ~~gone~~ ![i](https://evil.example)",
  "snake_case-kebab__dunder--x bq. q h6. _",
  "😀".repeat(90),
  "",
  " ",
  "long_".repeat(60),
];

const kinds: readonly EpisodeKind[] = [
  "shift",
  "leak",
  "silent",
  "frozen",
  "feature_missing",
  "bad_values",
  "second_exporter",
  "new_feature",
  "level_shift",
  "quarantined",
];
const serviceKinds: readonly ServiceEpisodeKind[] = ["down", "oom", "restart_loop", "disk"];

/** Of every status, outcome and gate a run can have. */
function runsNamed(name: string): readonly RunSummary[] {
  const statuses = ["observed", "denied", "acting", "acted", "failed", "unknown"] as const;
  const outcomes = ["recovered", "not_recovered", "inconclusive", "failed", "unknown"] as const;
  return [
    ...statuses.map((status) => exampleRun({ status, fix: name, detail: `because ${name}` })),
    ...outcomes.map((outcome) => exampleRun({ outcome, target: name, remediation: name })),
    exampleRun({ status: "denied", gate: name, target: undefined }),
  ];
}

function notesOn(incident: Incident, name: string): readonly Note[] {
  const run = exampleRun({ fix: name, target: name });
  const outcomes = [undefined, "recovered", "not_recovered", "unknown"] as const;
  const causes = ["recovered", "accepted", "marker", "retired"] as const;
  return [
    { about: "run", run: exampleRun({ fix: name, gate: name, status: "denied", detail: name }) },
    ...outcomes.map((outcome): Note => {
      const made = outcome === undefined ? run : { ...run, outcome };
      return { about: "verified", run: made, detail: `seen: ${name}` };
    }),
    ...causes.map((cause): Note => ({ about: "closed", cause, atMs: incident.openedAtMs })),
    { about: "unanswered", episode: incident.episode, forMs: 172_800_000 },
  ];
}

const oddFeatures: readonly BlamedFeature[] = [
  exampleFeature({ low: undefined, high: undefined, rankBefore: undefined, rankAfter: undefined }),
  exampleFeature({ before: Number.NaN, after: 1e21, score: Number.POSITIVE_INFINITY, part: 0 }),
  exampleFeature({ before: -0.5, after: -0.00001, score: 1e-9 }),
  ...Array.from({ length: 12 }, (_, n) => exampleFeature({ feature: `f_${n}`, part: n / 12 })),
];

function digestOf(count: number, name: string): Digest {
  const moment = { nowMs: 1_760_003_600_000, nextNumber: 9, settings: { resolveAfterMs: 1 } };
  let digest: Digest | undefined;
  for (let n = 0; n < count; n += 1) {
    const episode = episodeOpened({ id: `e${n}`, model: `t/prod/s/${name}-${n}` });
    const entry = entryOf(openIncident({ number: n + 1, episode }), 1_760_003_600_000);
    digest = addToDigest(digest, entry, moment).digest;
  }
  if (digest === undefined) throw new Error("a digest has entries");
  return digest;
}

function modelExamples(): readonly Example[] {
  const plain = exampleIncident();
  const { episode } = plain;
  const slow = { ...episode, learned: 9, warmUp: "9/14", cadence: undefined };
  const ranked = { ...episode, ranking: { ndcg: 0.91234, left: 2, top: 5 }, detectors: [] };
  return [
    ...kinds.map((kind) => ({ name: `kind ${kind}`, about: exampleIncident({ kind }), notes: [] })),
    ...kinds.map((kind) => {
      const about = exampleIncident({ kind, features: [] });
      return { name: `kind ${kind} without features`, about, notes: [] };
    }),
    ...hostileNames.map((name, n) => {
      const about = exampleIncident(
        { model: name, features: [exampleFeature({ feature: name }), exampleFeature()] },
        { runs: runsNamed(name) },
      );
      const said = { ...about, episode: { ...about.episode, reason: `it was ${name}` } };
      return { name: `hostile name ${n}`, about: said, notes: notesOn(said, name) };
    }),
    { name: "odd features", about: exampleIncident({ features: oddFeatures }), notes: [] },
    { name: "slow", about: { ...plain, episode: slow, occurrences: 3 }, notes: [] },
    { name: "ranked", about: { ...plain, episode: ranked, severity: "P2" }, notes: [] },
  ];
}

/** In a fixed order; their names are unique. */
export function examples(): readonly Example[] {
  const services = serviceKinds.flatMap((kind) =>
    ["checkout", hostileNames[0] ?? "", hostileNames[1] ?? ""].map((name, n) => {
      const scope = { tenant: "default", environment: "production" };
      const service = { kind: "service", ...scope, name } as const;
      const episode = serviceEpisode({ kind, service, reason: `${name} was seen` });
      const about = openIncident({ subject: service, episode, kinds: [kind] });
      const notes: readonly Note[] = [{ about: "unanswered", episode, forMs: 172_800_000 }];
      return { name: `service ${kind} ${n}`, about, notes };
    }),
  );
  const digests = [1, 3, 60].map((count) => {
    const about = digestOf(count, count === 3 ? "[~admin] {noformat}" : "churn");
    return { name: `digest of ${count}`, about, notes: [] };
  });
  return [...modelExamples(), ...services, ...digests];
}
