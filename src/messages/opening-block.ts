/** The top of a ticket: the fault, its start, the certainty, the first check, the responsible person, and the fix. */
import type { BlamedFeature } from "../detection/event.ts";
import type { ToldWord } from "../incidents/deed.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import { undoingWord } from "../incidents/given-team.ts";
import type { Incident, RunSummary } from "../incidents/incident.ts";
import { isShared, totalOf } from "../incidents/member.ts";
import { scopeOf } from "../incidents/subject.ts";
import { filledForAll } from "../link-template.ts";
import { modelName } from "../model-key.ts";
import { advice, adviceText } from "./advice.ts";
import { advisedKind, announceable } from "./advised-kind.ts";
import { newestChange } from "./changes-text.ts";
import { endingOf } from "./ended-text.ts";
import { linkedModels, linkValuesOf } from "./link-values.ts";
import {
  type Block,
  data,
  type Line,
  line,
  lines,
  link,
  type NamedLine,
  words,
} from "./message.ts";
import { displayName, shortName } from "./names.ts";
import { nowFacts } from "./now-text.ts";
import type { SourceTable } from "./query.ts";
import { againText, saidFirst } from "./repair-text.ts";
import { outcomeWords, statusWords } from "./run-text.ts";
import { serviceFacts } from "./service-text.ts";
import { sharedImpact, sharedSummary, sharedSureness } from "./shared-text.ts";
import { silencedLine } from "./silence-text.ts";
import { impactOf, summaryOf } from "./summary.ts";
import { sinceOf, sureOf } from "./sureness.ts";
import { isoTime, readTime } from "./text.ts";

/** A fix that matches the incident. */
export interface FixOffer {
  readonly name: string;
  readonly mode: "off" | "observe" | "approve" | "auto";
}

/** Help for the reader from the configuration. Each part may be left out. */
export interface HelpLinks {
  /** Templates, see `link-template.ts`. */
  readonly dashboardUrl?: string;
  readonly runbookUrl?: string;
  /** Tables for the queries, by name of the source. */
  readonly sources?: Readonly<Record<string, SourceTable>>;
  /** The fixes that match the incident. */
  readonly fixesFor?: (incident: Incident) => readonly FixOffer[];
  /** Whom the incident affects, by the configuration. */
  readonly impactFor?: (incident: Incident) => string | undefined;
  /** The team to which the configuration gives the service of the incident. */
  readonly ownerFor?: (incident: Incident) => string | undefined;
}

/** The severity, the subject, the time, the fault and its impact, with the links. */
export function openingBlock(incident: Incident, help: HelpLinks): Block {
  const { severity, episode } = incident;
  const { service, summary, impact } = affectedBy(incident);
  return lines(
    line`${words(`[${severity}] Agent: `)}${whereOf(incident)}${words(" | Service: ")}${service}`,
    words(`Time: ${isoTime(episode.at / 1000)}`),
    line`${words("Summary: ")}${saidFirst(incident)}${summary}`,
    line`${words("Impact: ")}${saidImpact(incident) ?? line`${words(impact)}${configuredImpact(incident, help)}`}`,
    ...linkLines(incident, help),
  );
}

function configuredImpact(incident: Incident, { impactFor }: HelpLinks): Line {
  const impact = impactFor?.(incident);
  return impact === undefined ? [] : line`; ${data(impact, 200)}`;
}

/** The newest impact that a person stated. It replaces our own text. */
function saidImpact(incident: Incident): Line | undefined {
  const said = lastSaid(incident, "impact");
  return said && line`${data(said.text, 300)} (${said.by})`;
}

function lastSaid({ told = [] }: Incident, about: string): ToldWord | undefined {
  return told.findLast((word) => word.about === about && word.text !== "");
}

function affectedBy(incident: Incident) {
  const { episode, members } = incident;
  if (isShared(incident)) {
    const service = words(`${totalOf(members)} models`);
    return { service, summary: sharedSummary(incident), impact: sharedImpact(incident) };
  }
  const service = data(shortName(displayName(episode)));
  const lasted = incident.state === "open" ? "" : "while it lasted: ";
  return { service, summary: summaryOf(episode), impact: `${lasted}${impactOf(episode)}` };
}

function whereOf({ subject }: Incident): Line {
  const { tenant, environment } = scopeOf(subject);
  const source = subject.kind === "model" ? modelName(subject.key).source : "";
  const parts = [tenant === "default" ? "" : tenant, environment, source];
  return data(parts.filter((part) => part !== "").join("/"), 60);
}

/** The start, the certainty, the first check, the responsible person, and what the fix does. */
export function nightFacts(incident: Incident, help: HelpLinks): Block {
  const { episode } = incident;
  const known: readonly NamedLine[] = isModelEpisode(episode)
    ? [
        ["Since", sinceOf(episode)],
        ...newestChange(incident),
        ["Sure", isShared(incident) ? words(sharedSureness(incident)) : sureOf(episode)],
        ["Do first", firstOf(incident, episode.features)],
      ]
    : [
        ["Since", words(`first seen ${readTime(episode.at / 1000)}`)],
        ...serviceFacts(episode),
        ...(advisedKind(incident) === undefined
          ? []
          : ([["Do first", firstOf(incident, [])]] as const)),
      ];
  return {
    kind: "facts",
    facts: [
      ...(incident.state === "open"
        ? [...known, ...nowFacts(incident)]
        : [...nowFacts(incident), ...known]),
      ...againText(incident),
      ["Who", holderOf(incident)],
      ...teamOf(incident, help),
      ...silenceOf(incident),
      ...workaroundOf(incident),
      ["Machine", machineOf(incident, help)],
    ],
  };
}

/** The team that a person named, and the command that undoes it; else the configured team of the service. */
function teamOf(incident: Incident, { ownerFor }: HelpLinks): readonly NamedLine[] {
  const { team } = incident;
  const owner = ownerFor?.(incident);
  if (team === undefined) return owner === undefined ? [] : [["Team", data(owner, 120)]];
  const said = line`${team.name}, since ${words(readTime(team.atMs))}`;
  return [["Team", line`${said}. If that is wrong, say ${words(`dw ${undoingWord(team)}`)}`]];
}

function silenceOf({ silence }: Incident): readonly NamedLine[] {
  return silence === undefined ? [] : [["Quiet", silencedLine(silence)]];
}

function workaroundOf(incident: Incident): readonly NamedLine[] {
  const said = lastSaid(incident, "workaround");
  return said === undefined ? [] : [["Meanwhile", line`${data(said.text, 300)} (${said.by})`]];
}

/** The person or team that has the incident, by people's commands. */
export function holderOf({ people, state }: Incident): Line {
  const { ack, assignee } = people ?? {};
  if (ack !== undefined) return line`${ack.by} since ${words(readTime(ack.atMs))}`;
  if (assignee !== undefined) return line`for ${assignee.name}, who has not answered yet`;
  return words(state === "resolved" ? "nobody took it" : "nobody yet; to take it, say dw ack");
}

function firstOf(incident: Incident, [top]: readonly BlamedFeature[]): Line {
  if (incident.state !== "open") return words(`nothing: it is ${endingOf(incident)}`);
  const kind = advisedKind(incident);
  if (kind === undefined) return words("its own log");
  const changed =
    newestChange(incident).length > 0 ? words("did the change above do it? Else: ") : [];
  const look = line`${changed}${data(adviceText(advice[kind].look[0], top && shortName(top.feature)), 200)}`;
  return announceable.has(kind) ? line`${look}${words(" If planned, say dw expected")}` : look;
}

const doesBy = {
  off: "does nothing; switched off is",
  observe: "only watches; in mode auto it would run",
  approve: "asks before it runs",
  auto: "may run",
} as const satisfies Record<FixOffer["mode"], string>;

/** Statuses of runs that were tried, including runs with an unknown result. */
const tried: ReadonlySet<RunSummary["status"]> = new Set(["acted", "failed", "unknown"]);

function ranText(ran: RunSummary, { state }: Incident): Line {
  const at = words(readTime(ran.atMs));
  if (ran.status !== "acted")
    return line`${data(ran.fix)} ${words(statusWords[ran.status])} at ${at}`;
  const outcome = ran.outcome === undefined ? "" : outcomeWords[ran.outcome];
  const next = ran.opensBreaker === true && state === "open" ? "; the next one asks" : "";
  return line`ran ${data(ran.fix)} at ${at}${words(`${outcome}${next}`)}`;
}

/** What the newest tried fix did. Before any was tried: what the first matching fix would do. */
function machineOf(incident: Incident, { fixesFor }: HelpLinks): Line {
  const ran = incident.runs.findLast(({ status }) => tried.has(status));
  if (ran !== undefined) return ranText(ran, incident);
  if (incident.state === "resolved") return words("did nothing about it");
  if (incident.episode.kind === "storm") return words("holds every fix back until it is over");
  const offers = (fixesFor?.(incident) ?? []).filter(({ mode }) => mode !== "off");
  const [first, ...others] = offers;
  if (first === undefined) return words("nothing to restart is configured for this");
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const does = doesBy[first.mode];
  return line`${words(does)} ${data(first.name)}${words(more)}`;
}

/** Both lines are always there, because programs that read alerts expect them. */
function linkLines(incident: Incident, { dashboardUrl, runbookUrl }: HelpLinks): readonly Line[] {
  const values = linkValuesOf(incident);
  const kind = advisedKind(incident);
  const shown = (name: string, template: string): Line => {
    const url = filledForAll(template, values, linkedModels(incident));
    return line`${words(`${name}: `)}${link(url, url)}`;
  };
  // The name of the file, because no address is right for every installation.
  const shipped =
    kind === undefined
      ? words("Runbook: not configured (links.runbook_url)")
      : words(`Runbook: docs/runbooks/${kind}.md, shipped with Driftwarden`);
  const noDashboard = words("Dashboard: not configured (links.dashboard_url)");
  return [
    dashboardUrl === undefined ? noDashboard : shown("Dashboard", dashboardUrl),
    runbookUrl === undefined ? shipped : shown("Runbook", runbookUrl),
  ];
}
