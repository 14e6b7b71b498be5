/** What a new ticket says: impact first, then what changed, why we say so, what was tried and what to do. */

import type { BlamedFeature, EpisodeOpened } from "../detection/event.ts";
import type { Ranking } from "../detection/ranking.ts";
import { formatDuration } from "../duration.ts";
import type { Incident, RunFacts, Severity } from "../incidents/incident.ts";
import { modelName } from "../stream/model-key.ts";
import { summaryDescription, summaryHeadline } from "./summary-text.ts";
import { displayName, headline, impact } from "./symptom.ts";
import { oneLine, readNumber, readShare, readTime } from "./text.ts";
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

/** The ticket of an incident. Summary under 255 characters (normally under 80), description under 32,767. */
export function renderIssue(incident: Incident, context: TicketContext): NewIssue {
  if (incident.missed !== undefined) return renderSummary(incident, context);
  const { episode, severity } = incident;
  const sections = [
    opening(episode),
    facts(incident),
    ...(episode.features.length === 0 ? [] : [`h3. What changed\n${changes(episode.features)}`]),
    `h3. Why this ticket\n${reasons(episode)}`,
    `h3. What was tried\n${attempts(incident.runs)}`,
    `h3. What to do\n${nextSteps(incident, context)}`,
    footer(`Driftwarden incident ${incident.number}, fingerprint ${incident.fingerprint}`),
  ];
  return {
    summary: `[${severity}] ${headline(episode, severity.length + 3)}`,
    description: sections.join("\n\n"),
    labels: ["driftwarden", fingerprintLabel(incident), severity],
    priority: context.priorities[severity],
  };
}

function renderSummary(incident: Incident, { priorities }: TicketContext): NewIssue {
  const { severity, number, fingerprint } = incident;
  const mark = footer(`Driftwarden incident ${number}, fingerprint ${fingerprint}`);
  return {
    summary: `[${severity}] ${summaryHeadline(incident)}`,
    description: `${summaryDescription(incident)}\n\n${mark}`,
    labels: ["driftwarden", fingerprintLabel(incident), severity],
    priority: priorities[severity],
  };
}

/** By this label all tickets about one subject are found. */
function fingerprintLabel({ fingerprint }: Pick<Incident, "fingerprint">): string {
  return `driftwarden-${fingerprint}`;
}

/** The impact sentence. */
export function opening(episode: EpisodeOpened): string {
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

function facts(incident: Incident): string {
  const { episode } = incident;
  const { tenant, environment, source } = modelName(incident.model);
  const cadence =
    episode.cadence === undefined ? "unknown" : formatDuration(episode.cadence / 1000);
  const scope = [`source ${source}`, `environment ${environment}`, `tenant ${tenant}`];
  return [
    `||First observed|${readTime(episode.at / 1000)}|`,
    `||Scope|${escaped(scope.filter((part) => !part.endsWith(" ")).join(", "), 200)}|`,
    `||Severity|${incident.severity}|`,
    ...(episode.ranking === undefined ? [] : [`||Order|${changeOfOrder(episode.ranking)}|`]),
    `||Learned from|${learnedFrom(episode)}, cadence ${cadence}|`,
  ].join("\n");
}

function learnedFrom({ learned, warmUp }: EpisodeOpened): string {
  const count = learned.toLocaleString("en-US");
  if (warmUp === undefined) return `${count} attributions`;
  const far = warmUp === "provisional" ? count : warmUp;
  return `${far} attributions (provisional: the model is slow and not known well yet, no fix runs)`;
}

function changeOfOrder({ ndcg, left, top }: Ranking): string {
  return `${left} of the ${top} most important features changed, nDCG ${readNumber(ndcg)}`;
}

/** The rule in its own words, and every detector's score. */
export function reasons(episode: EpisodeOpened): string {
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

function nextSteps({ episode }: Incident, { runbookUrl, dashboardUrl }: TicketContext): string {
  const links = [
    ...(runbookUrl === undefined ? [] : [link("Runbook", runbookUrl)]),
    ...(dashboardUrl === undefined ? [] : [link("Dashboard", dashboardUrl)]),
  ];
  return [
    ...(links.length === 0 ? [] : [links.join(" · ")]),
    "If the model was deployed or retrained on purpose, say so, and what follows becomes the new normal:",
    command(`driftwarden marker ${shellQuoted(displayName(episode))} retrain`),
    "If not, look at what changed upstream of the model at the time first observed.",
  ].join("\n");
}

/** A name that cannot be typed as it is stays a placeholder. */
function shellQuoted(name: string): string {
  if (oneLine(name, 120) !== name || /[{}]/.test(name)) return "MODEL";
  return /^\w[\w.:@%+/-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
