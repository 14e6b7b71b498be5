/** What a new incident says: impact first, then what changed, why we say so, what was tried and what to do. */

import type { Ranking } from "../detection/ranking.ts";
import { formatDuration } from "../duration.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import { type Episode, isModelEpisode, type ModelEpisode } from "../incidents/episode.ts";
import type { Incident, RunSummary } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { scopeOf } from "../incidents/subject.ts";
import { modelName } from "../model-key.ts";
import { digestHeadline, digestText } from "./digest-text.ts";
import { changes, opening, reasons } from "./episode-text.ts";
import {
  type Block,
  data,
  heading,
  line,
  link,
  type Message,
  type MessageSection,
  type NamedLine,
  paragraph,
  words,
} from "./message.ts";
import { describeRun } from "./run-text.ts";
import { membersSection, sharedHeadline, sharedImpact } from "./shared-text.ts";
import { displayName, headline } from "./symptom.ts";
import { oneLine, readNumber, readTime } from "./text.ts";

/** Linked wherever they are given. */
export interface HelpLinks {
  readonly dashboardUrl?: string;
  readonly runbookUrl?: string;
}

/** What a new ticket says. */
export interface TitledMessage {
  /** Plain text without the severity, one line; normally under 80 characters with it. */
  readonly title: string;
  readonly message: Message;
}

export function incidentText(incident: Incident | Digest, shown: HelpLinks): TitledMessage {
  const { number, fingerprint } = incident;
  const { title, message } = isDigest(incident)
    ? { title: digestHeadline(incident), message: digestText(incident) }
    : openedText(incident, shown);
  const text = `Driftwarden incident ${number}, fingerprint ${fingerprint}`;
  return { title, message: [...message, [{ kind: "footer", text }]] };
}

function openedText(incident: Incident, shown: HelpLinks): TitledMessage {
  const { episode, severity } = incident;
  return {
    title: isShared(incident)
      ? sharedHeadline(incident, severity.length + 3)
      : headline(episode, severity.length + 3),
    message: [
      ...(isShared(incident)
        ? [[paragraph(sharedImpact(incident))], membersSection(incident)]
        : []),
      ...(isModelEpisode(episode)
        ? modelSections(incident, episode)
        : [[paragraph(data(episode.reason, 600))], [facts(incident, [])]]),
      [heading("What was tried"), attempts(incident.runs)],
      ...(isModelEpisode(episode) ? [nextSteps(episode, shown)] : sectionOf(links(shown))),
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

function attempts(runs: readonly RunSummary[]): Block {
  if (runs.length === 0) {
    return paragraph(words("Nothing yet. What is tried or refused will stand in the comments."));
  }
  const items = runs.map((run) => line`${words(readTime(run.atMs))}: ${describeRun(run)}`);
  return { kind: "list", items };
}

function nextSteps(episode: ModelEpisode, shown: HelpLinks): MessageSection {
  return [
    heading("What to do"),
    ...links(shown),
    paragraph(
      words(
        "If the model was deployed or retrained on purpose, say so, and what follows becomes the new normal:",
      ),
    ),
    retrained(episode),
    paragraph(
      words("If not, look at what changed upstream of the model at the time first observed."),
    ),
  ];
}

/** The command that announces that the model is as it should be. */
export const retrained = (episode: Episode): Block => ({
  kind: "code",
  text: `driftwarden marker ${shellQuoted(displayName(episode))} retrain`,
});

/** One line, or none. */
function links({ runbookUrl, dashboardUrl }: HelpLinks): MessageSection {
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
