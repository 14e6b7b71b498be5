/** What a new ticket says: impact first, then what changed, why we say so, what was tried and what to do. */

import type { BlamedFeature } from "../detection/event.ts";
import type { Ranking } from "../detection/ranking.ts";
import { formatDuration } from "../duration.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import { isModelEpisode, type ModelEpisode, type Severity } from "../incidents/episode.ts";
import type { Incident, RunFacts } from "../incidents/incident.ts";
import { scopeOf } from "../incidents/subject.ts";
import { displayName, headline, impact } from "../messages/symptom.ts";
import { oneLine, readNumber, readShare, readTime } from "../messages/text.ts";
import { modelName } from "../model-key.ts";
import { summaryDescription, summaryHeadline } from "./summary-text.ts";
import type { NewIssue } from "./tracker.ts";
import { command, escaped, footer, link, table } from "./wiki.ts";

export interface TicketContext {
  /** Linked from every ticket. */
  readonly dashboardUrl?: string;
  readonly runbookUrl?: string;
  /** Name of the tracker's priority for each severity; undefined leaves the project's default. */
  readonly priorities: Readonly<Record<Severity, string | undefined>>;
}

const maxFeatures = 10;

/** The ticket of an incident or a digest. Summary under 255 characters (normally under 80), description under 32,767. */
export function renderIssue(incident: Incident | Digest, context: TicketContext): NewIssue {
  const { severity, number, fingerprint } = incident;
  const { title, sections } = isDigest(incident)
    ? { title: summaryHeadline(incident), sections: [summaryDescription(incident)] }
    : incidentText(incident, context);
  const mark = footer(`Driftwarden incident ${number}, fingerprint ${fingerprint}`);
  return {
    summary: `[${severity}] ${title}`,
    description: [...sections, mark].join("\n\n"),
    labels: ["driftwarden", fingerprintLabel(incident), severity],
    priority: context.priorities[severity],
  };
}

interface IssueText {
  readonly title: string;
  readonly sections: readonly string[];
}

function incidentText(incident: Incident, context: TicketContext): IssueText {
  const { episode, severity } = incident;
  return {
    title: headline(episode, severity.length + 3),
    sections: [
      ...(isModelEpisode(episode)
        ? modelSections(incident, episode)
        : [escaped(episode.reason, 600), facts(incident, [])]),
      `h3. What was tried\n${attempts(incident.runs)}`,
      ...(isModelEpisode(episode)
        ? [`h3. What to do\n${nextSteps(episode, context)}`]
        : links(context)),
    ],
  };
}

function modelSections(incident: Incident, episode: ModelEpisode): readonly string[] {
  const { features } = episode;
  return [
    opening(episode),
    facts(incident, learnedFacts(episode)),
    ...(features.length === 0 ? [] : [`h3. What changed\n${changes(features)}`]),
    `h3. Why this ticket\n${reasons(episode)}`,
  ];
}

/** By this label all tickets about one subject are found. */
function fingerprintLabel({ fingerprint }: Pick<Incident, "fingerprint">): string {
  return `driftwarden-${fingerprint}`;
}

/** The impact sentence. */
export function opening(episode: ModelEpisode): string {
  return impact(episode, {
    model: `*${escaped(displayName(episode))}*`,
    feature: `*${escaped(episode.features[0]?.feature ?? "a feature")}*`,
  });
}

/** Feature by feature, most to blame first. */
export function changes(features: readonly BlamedFeature[]): string {
  const header = ["Feature", "Before", "Now", "Rank", "Expected", "Score", "Part of the blame"];
  const rows = features
    .slice(0, maxFeatures)
    .map((feature) => [
      escaped(feature.feature),
      readShare(feature.before),
      readShare(feature.after),
      `${feature.rankBefore ?? "–"} → ${feature.rankAfter ?? "–"}`,
      expected(feature),
      readNumber(feature.score),
      readShare(feature.part),
    ]);
  const more = features.length - maxFeatures;
  return table(header, rows) + (more > 0 ? `\nand ${more} more` : "");
}

function expected({ low, high }: BlamedFeature): string {
  return low === undefined || high === undefined ? "–" : `${readShare(low)} to ${readShare(high)}`;
}

/** @param more rows of the table after those that every subject has */
function facts({ subject, episode, severity }: Incident, more: readonly string[]): string {
  const { tenant, environment } = scopeOf(subject);
  const source = subject.kind === "model" ? modelName(subject.key).source : "";
  const scope = [`source ${source}`, `environment ${environment}`, `tenant ${tenant}`];
  return [
    `||First observed|${readTime(episode.at / 1000)}|`,
    `||Scope|${escaped(scope.filter((part) => !part.endsWith(" ")).join(", "), 200)}|`,
    `||Severity|${severity}|`,
    ...more,
  ].join("\n");
}

function learnedFacts(episode: ModelEpisode): readonly string[] {
  const { cadence, ranking } = episode;
  const every = cadence === undefined ? "unknown" : formatDuration(cadence / 1000);
  return [
    ...(ranking === undefined ? [] : [`||Order|${changeOfOrder(ranking)}|`]),
    `||Learned from|${learnedFrom(episode)}, cadence ${every}|`,
  ];
}

function learnedFrom({ learned, warmUp }: ModelEpisode): string {
  const count = learned.toLocaleString("en-US");
  if (warmUp === undefined) return `${count} attributions`;
  const far = warmUp === "provisional" ? count : warmUp;
  return `${far} attributions (provisional: the model is slow and not known well yet, no fix runs)`;
}

function changeOfOrder({ ndcg, left, top }: Ranking): string {
  return `${left} of the ${top} most important features changed, nDCG ${readNumber(ndcg)}`;
}

/** The rule in its own words, and every detector's score. */
export function reasons(episode: ModelEpisode): string {
  const rows = episode.detectors.map(({ detector, score }) => [
    escaped(detector),
    score === undefined ? "warming up" : readNumber(score),
  ]);
  const scores =
    rows.length === 0 ? "" : `\n${table(["Detector", "Score (1.0 is the boundary)"], rows)}`;
  return `${escaped(episode.reason, 600)}${scores}`;
}

function attempts(runs: readonly RunFacts[]): string {
  if (runs.length === 0) return "Nothing yet. What is tried or refused will stand in the comments.";
  return runs.map((run) => `* ${readTime(run.atMs)}: ${describeRun(run)}`).join("\n");
}

const statusWords = {
  observed: "would have run (its mode is observe)",
  denied: "was refused",
  acting: "is running",
  acted: "ran",
  failed: "failed",
  unknown: "may or may not have run",
} as const satisfies Record<RunFacts["status"], string>;

const outcomeWords = {
  recovered: "; it helped",
  not_recovered: "; it did not help",
  inconclusive: "; whether it helped cannot be told",
  failed: "; it failed",
  unknown: "; its outcome is unknown",
} as const satisfies Record<NonNullable<RunFacts["outcome"]>, string>;

/** `restart-svc (restart-container on my-service) was refused by budget: 3 of 3 runs in 24h are used.` */
export function describeRun(run: RunFacts): string {
  const target = run.target === undefined ? "" : ` on ${escaped(run.target)}`;
  const gate = run.gate === undefined ? "" : ` by ${escaped(run.gate)}`;
  const outcome = run.outcome === undefined ? "" : outcomeWords[run.outcome];
  const what = `*${escaped(run.fix)}* (${escaped(run.remediation)}${target})`;
  return `${what} ${statusWords[run.status]}${gate}${outcome}: ${escaped(run.detail, 600)}`;
}

function nextSteps(episode: ModelEpisode, context: TicketContext): string {
  return [
    ...links(context),
    "If the model was deployed or retrained on purpose, say so, and what follows becomes the new normal:",
    command(`driftwarden marker ${shellQuoted(displayName(episode))} retrain`),
    "If not, look at what changed upstream of the model at the time first observed.",
  ].join("\n");
}

/** One line, or none. */
function links({ runbookUrl, dashboardUrl }: TicketContext): readonly string[] {
  const shown = [
    ...(runbookUrl === undefined ? [] : [link("Runbook", runbookUrl)]),
    ...(dashboardUrl === undefined ? [] : [link("Dashboard", dashboardUrl)]),
  ];
  return shown.length === 0 ? [] : [shown.join(" · ")];
}

/** A name that cannot be typed as it is stays a placeholder. */
function shellQuoted(name: string): string {
  if (oneLine(name, 120) !== name || /[{}]/.test(name)) return "MODEL";
  return /^\w[\w.:@%+/-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
