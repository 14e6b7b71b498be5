/** Renders incidents as text for `driftwarden incidents`. */

import type {
  IncidentJson,
  MemberJson,
  RunSummaryJson,
  SilenceJson,
} from "../incidents/incident-json.ts";
import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import { columns } from "./columns.ts";

/** A table with a line an incident. */
export function incidentTable(incidents: readonly IncidentJson[]): readonly string[] {
  const header = ["#", "severity", "state", "opened (UTC)", "subject", "what", "ticket"];
  const rows = incidents.map((incident) => [
    String(incident.number),
    incident.severity,
    incident.silence === undefined ? incident.state : `${incident.state}, silenced`,
    minute(incident.opened_at),
    subjectOf(incident),
    whatOf(incident),
    incident.ticket?.key ?? "-",
  ]);
  return columns([header, ...rows]);
}

/** One incident: its facts, its members and its runs, one a line. */
export function incidentLines(incident: IncidentJson): readonly string[] {
  const { number, severity, state, subject, ticket, silence, members, runs } = incident;
  const facts = [
    ["subject", `${subject.name}  (${subject.kind} ${subject.key})`],
    ["what", whatOf(incident)],
    ["opened", second(incident.opened_at)],
    ...(incident.resolved_at === null ? [] : [["resolved", second(incident.resolved_at)]]),
    ["ticket", ticket === null ? "none" : `${ticket.key}  ${ticket.url}`],
    ...(silence === undefined ? [] : [["silenced", silencedText(silence)]]),
    ["id", incident.id],
    ["fingerprint", incident.fingerprint],
  ];
  return [
    `Incident ${number}, ${severity}, ${state}`,
    ...facts.map(([name = "", value = ""]) => `  ${name.padEnd(12)} ${printable(value)}`),
    "",
    membersTitle(members),
    ...members.items.map(memberLine),
    "",
    runs.length === 0 ? "No fix was tried." : "What was tried",
    ...runs.map(runLine),
  ];
}

const silencedText = ({ about, by, until }: SilenceJson): string =>
  `${about}, by ${by}, until ${second(until)}`;

function subjectOf({ subject, members }: IncidentJson): string {
  if (subject.kind === "digest") return `${counted(members.total, "episode")} of ${subject.name}`;
  const others = members.total - 1;
  return others > 0 ? `${subject.name} and ${others} more` : subject.name;
}

function whatOf({ kinds, members }: IncidentJson): string {
  const [feature] = members.items[0]?.features ?? [];
  return feature === undefined ? kinds.join(", ") : `${kinds.join(", ")}: ${feature}`;
}

function membersTitle({ total, items }: IncidentJson["members"]): string {
  return items.length === total ? "What was seen" : `What was seen, ${items.length} of ${total}`;
}

const stateWords = { joined: "broken", recovered: "recovered", left: "over" } as const;

function memberLine({ subject, kind, severity, state, since, reason }: MemberJson): string {
  const facts = [subject.name, severity, kind, stateWords[state], `since ${second(since)}`];
  return `  ${printable(`${facts.join(", ")}: ${reason}`)}`;
}

function runLine(run: RunSummaryJson): string {
  const gate = run.gate === null ? "" : ` by ${run.gate}`;
  const outcome = run.outcome === null ? "" : `, ${run.outcome.replace("_", " ")}`;
  const again = run.retry_at === null ? "" : ` Asked again at ${second(run.retry_at)}.`;
  const facts = `${second(run.at)}  ${run.fix}: ${run.status}${gate}${outcome}.`;
  return `  ${printable(`${facts} ${run.detail}${again}`)}`;
}

const minute = (iso: string | null): string => iso?.slice(0, 16).replace("T", " ") ?? "unknown";
const second = (iso: string | null): string =>
  iso === null ? "an unknown time" : `${iso.slice(0, 19).replace("T", " ")} UTC`;
