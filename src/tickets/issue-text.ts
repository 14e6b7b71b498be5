/** What a new ticket says: impact first, then what changed, why we say so, what was tried and what to do. */

import type { BlamedFeature } from "../detection/event.ts";
import type { Ranking } from "../detection/ranking.ts";
import { formatDuration } from "../duration.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import { isModelEpisode, type ModelEpisode, type Severity } from "../incidents/episode.ts";
import type { Incident, RunFacts } from "../incidents/incident.ts";
import { scopeOf } from "../incidents/subject.ts";
import {
  type Block,
  data,
  heading,
  type Line,
  line,
  link,
  type Message,
  type MessageSection,
  type NamedLine,
  paragraph,
  strong,
  words,
} from "../messages/message.ts";
import { displayName, headline, impact } from "../messages/symptom.ts";
import { oneLine, readNumber, readShare, readTime } from "../messages/text.ts";
import { modelName } from "../model-key.ts";
import { summaryDescription, summaryHeadline } from "./summary-text.ts";
import type { NewIssue } from "./tracker.ts";

export interface TicketContext {
  /** Linked from every ticket. */
  readonly dashboardUrl?: string;
  readonly runbookUrl?: string;
  /** Name of the tracker's priority for each severity; undefined leaves the project's default. */
  readonly priorities: Readonly<Record<Severity, string | undefined>>;
}

const maxFeatures = 10;

/** The ticket of an incident or a digest. Summary under 255 characters, normally under 80. */
export function renderIssue(incident: Incident | Digest, context: TicketContext): NewIssue {
  const { severity, number, fingerprint } = incident;
  const { title, message } = isDigest(incident)
    ? { title: summaryHeadline(incident), message: summaryDescription(incident) }
    : incidentText(incident, context);
  const text = `Driftwarden incident ${number}, fingerprint ${fingerprint}`;
  return {
    summary: `[${severity}] ${title}`,
    description: [...message, [{ kind: "footer", text }]],
    labels: ["driftwarden", fingerprintLabel(incident), severity],
    priority: context.priorities[severity],
  };
}

interface IssueText {
  readonly title: string;
  readonly message: Message;
}

function incidentText(incident: Incident, context: TicketContext): IssueText {
  const { episode, severity } = incident;
  return {
    title: headline(episode, severity.length + 3),
    message: [
      ...(isModelEpisode(episode)
        ? modelSections(incident, episode)
        : [[paragraph(data(episode.reason, 600))], [facts(incident, [])]]),
      [heading("What was tried"), attempts(incident.runs)],
      ...(isModelEpisode(episode) ? [nextSteps(episode, context)] : sectionOf(links(context))),
    ],
  };
}

const sectionOf = (blocks: MessageSection): Message => (blocks.length === 0 ? [] : [blocks]);

function modelSections(incident: Incident, episode: ModelEpisode): Message {
  const { features } = episode;
  return [
    [paragraph(opening(episode))],
    [facts(incident, learnedFacts(episode))],
    ...(features.length === 0 ? [] : [[heading("What changed"), ...changes(features)]]),
    [heading("Why this ticket"), ...reasons(episode)],
  ];
}

/** By this label all tickets about one subject are found. */
function fingerprintLabel({ fingerprint }: Pick<Incident, "fingerprint">): string {
  return `driftwarden-${fingerprint}`;
}

/** The impact sentence. */
export function opening(episode: ModelEpisode): Line {
  return impact(episode, {
    model: strong(displayName(episode)),
    feature: strong(episode.features[0]?.feature ?? "a feature"),
  });
}

/** Feature by feature, most to blame first. */
export function changes(features: readonly BlamedFeature[]): MessageSection {
  const header = ["Feature", "Before", "Now", "Rank", "Expected", "Score", "Part of the blame"];
  const rows = features
    .slice(0, maxFeatures)
    .map((feature) => [
      data(feature.feature),
      words(readShare(feature.before)),
      words(readShare(feature.after)),
      words(`${feature.rankBefore ?? "–"} → ${feature.rankAfter ?? "–"}`),
      words(expected(feature)),
      words(readNumber(feature.score)),
      words(readShare(feature.part)),
    ]);
  const more = features.length - maxFeatures;
  return [
    { kind: "table", header, rows },
    ...(more > 0 ? [paragraph(words(`and ${more} more`))] : []),
  ];
}

function expected({ low, high }: BlamedFeature): string {
  return low === undefined || high === undefined ? "–" : `${readShare(low)} to ${readShare(high)}`;
}

/** @param more those that not every subject has */
function facts({ subject, episode, severity }: Incident, more: readonly NamedLine[]): Block {
  const { tenant, environment } = scopeOf(subject);
  const source = subject.kind === "model" ? modelName(subject.key).source : "";
  const scope = [`source ${source}`, `environment ${environment}`, `tenant ${tenant}`];
  return {
    kind: "facts",
    facts: [
      ["First observed", words(readTime(episode.at / 1000))],
      ["Scope", data(scope.filter((part) => !part.endsWith(" ")).join(", "), 200)],
      ["Severity", words(severity)],
      ...more,
    ],
  };
}

function learnedFacts(episode: ModelEpisode): readonly NamedLine[] {
  const { cadence, ranking } = episode;
  const every = cadence === undefined ? "unknown" : formatDuration(cadence / 1000);
  const order: readonly NamedLine[] =
    ranking === undefined ? [] : [["Order", words(changeOfOrder(ranking))]];
  return [...order, ["Learned from", words(`${learnedFrom(episode)}, cadence ${every}`)]];
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
export function reasons(episode: ModelEpisode): MessageSection {
  const header = ["Detector", "Score (1.0 is the boundary)"];
  const rows = episode.detectors.map(({ detector, score }) => [
    data(detector),
    words(score === undefined ? "warming up" : readNumber(score)),
  ]);
  return [
    paragraph(data(episode.reason, 600)),
    ...(rows.length === 0 ? [] : [{ kind: "table", header, rows } as const]),
  ];
}

function attempts(runs: readonly RunFacts[]): Block {
  if (runs.length === 0) {
    return paragraph(words("Nothing yet. What is tried or refused will stand in the comments."));
  }
  const items = runs.map((run) => line`${words(readTime(run.atMs))}: ${describeRun(run)}`);
  return { kind: "list", items };
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
export function describeRun(run: RunFacts): Line {
  const gate = run.gate === undefined ? [] : line` by ${run.gate}`;
  const outcome = run.outcome === undefined ? [] : words(outcomeWords[run.outcome]);
  const what = line`${namedRun(run)} ${words(statusWords[run.status])}${gate}${outcome}`;
  return line`${what}: ${data(run.detail, 600)}`;
}

/** `restart-svc (restart-container on my-service)` */
export function namedRun({ fix, remediation, target }: RunFacts): Line {
  const on = target === undefined ? [] : line` on ${target}`;
  return line`${strong(fix)} (${remediation}${on})`;
}

function nextSteps(episode: ModelEpisode, context: TicketContext): MessageSection {
  return [
    heading("What to do"),
    ...links(context),
    paragraph(
      words(
        "If the model was deployed or retrained on purpose, say so, and what follows becomes the new normal:",
      ),
    ),
    { kind: "code", text: `driftwarden marker ${shellQuoted(displayName(episode))} retrain` },
    paragraph(
      words("If not, look at what changed upstream of the model at the time first observed."),
    ),
  ];
}

/** One line, or none. */
function links({ runbookUrl, dashboardUrl }: TicketContext): MessageSection {
  const runbook = runbookUrl === undefined ? [] : link("Runbook", runbookUrl);
  const dashboard = dashboardUrl === undefined ? [] : link("Dashboard", dashboardUrl);
  const both = runbook.length > 0 && dashboard.length > 0;
  const shown = [...runbook, ...(both ? words(" · ") : []), ...dashboard];
  return shown.length === 0 ? [] : [paragraph(shown)];
}

/** A name that cannot be typed as it is stays a placeholder. */
function shellQuoted(name: string): string {
  if (oneLine(name, 120) !== name || /[{}]/.test(name)) return "MODEL";
  return /^\w[\w.:@%+/-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
