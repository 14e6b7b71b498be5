/** An alert as it came, whatever its form, and what it says of a service: name, severity, times, sentence. Pure. */
import { createHash } from "node:crypto";
import { severities as allSeverities, type Severity } from "../../incidents/episode.ts";
import type { ServiceSubject } from "../../incidents/subject.ts";
import { printable } from "../../printable.ts";
import type { ReportNotice } from "./report.ts";

/** An alert before it is mapped. All texts are from others. */
export interface RawAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** As written; left out, or unreadable: the time at which it came. */
  readonly startsAt?: string | undefined;
  readonly endsAt?: string | undefined;
}

/** A configured service, as alerts name it. */
export interface AlertedService {
  readonly subject: ServiceSubject;
  readonly isProbed: boolean;
  /** Its severity is P2 at most. */
  readonly background: boolean;
  /** An alert that has all of these labels is about it, whatever its label `service` says. */
  readonly labels: Readonly<Record<string, string>> | undefined;
}

export interface AlertSettings {
  readonly services: readonly AlertedService[];
  /** Value of the label `severity`, in small letters → severity. `ignore`: no incident. */
  readonly severities: Readonly<Record<string, Severity | "ignore">>;
  /** The labels that tell two alerts apart. An alert with none of them is known by all its labels. */
  readonly fingerprintLabels: readonly string[];
}

export interface AlertMoment {
  readonly nowMs: number;
  /** Who says it. */
  readonly by: ReportNotice["by"];
}

/** An alert with the service that it is about. */
export interface AddressedAlert {
  readonly subject: ServiceSubject;
  readonly isProbed: boolean;
  readonly notice: ReportNotice;
  /** What was not taken as written. */
  readonly note: string | undefined;
}

/** The subject of an alert that names no service. */
const unnamedService = "alerts-without-a-service";

/** A severity that is not in the map. Somebody found it worth an alert, and nobody said that it may wait. */
const unmapped: Severity = "P1";
/** Clocks differ by so much. */
const aheadMs = 5 * 60_000;
const longestPastMs = 30 * 86_400_000;

/** @returns why the alert opens nothing; or what it says */
export function addressed(
  alert: RawAlert,
  settings: AlertSettings,
  moment: AlertMoment,
): AddressedAlert | { readonly ignored: string } {
  const { labels } = alert;
  if (isOwn(labels)) return { ignored: "Driftwarden posted it itself" };
  const given = (labels["severity"] ?? "").toLowerCase();
  const mapped = severityOf(given, settings);
  if (mapped === "ignore") return { ignored: `severity_map ignores the severity ${shown(given)}` };
  const service = serviceOf(labels, settings.services);
  const since = timeOf(alert.startsAt, moment.nowMs);
  const notes = [
    ...(mapped === undefined ? [`severity_map has no ${shown(given) || "severity"}: P1`] : []),
    ...(since.note === undefined ? [] : [since.note]),
    ...(service.note === undefined ? [] : [service.note]),
  ];
  const severity = atMost(service.ceiling, mapped ?? unmapped);
  return {
    subject: service.subject,
    isProbed: service.isProbed,
    note: notes.length === 0 ? undefined : notes.join("; "),
    notice: { ...noticeOf(alert, settings, { ...moment, sinceMs: since.ms }), severity },
  };
}

/** What Driftwarden posts to an Alertmanager, and what its own alert rules say of it. */
const isOwn = ({ driftwarden, alertname = "" }: RawAlert["labels"]): boolean =>
  driftwarden !== undefined || /^Driftwarden[A-Z]/.test(alertname);

function severityOf(given: string, { severities }: AlertSettings): Severity | "ignore" | undefined {
  const own = allSeverities.find((severity) => severity.toLowerCase() === given);
  if (own !== undefined) return own;
  return Object.hasOwn(severities, given) ? severities[given] : undefined;
}

const atMost = (ceiling: Severity, severity: Severity): Severity =>
  severity < ceiling ? ceiling : severity;

interface Found extends Pick<AlertedService, "subject" | "isProbed"> {
  readonly ceiling: Severity;
  readonly note?: string;
}

/**
 * The configured service. Another one is a subject of its own, P1 at most: tickets of P0 have no budget, and anybody who may
 * send alerts could name any number of services.
 */
function serviceOf(labels: RawAlert["labels"], services: readonly AlertedService[]): Found {
  const names = [labels["service"], labels["agent"]].flatMap((name) => name ?? []);
  const known =
    services.find((one) => hasAll(labels, one.labels)) ??
    names.flatMap((name) => services.find(({ subject }) => subject.name === name) ?? [])[0];
  if (known !== undefined) return { ...known, ceiling: known.background ? "P2" : "P0" };
  const [first] = names;
  const name = first === undefined ? unnamedService : nameFrom(first);
  const subject = { kind: "service", tenant: "default", environment: "production", name } as const;
  const note =
    first === undefined
      ? "it has no label service, and matches no service under services"
      : `no service ${name} is under services: P1 at most`;
  return { subject, isProbed: false, ceiling: "P1", note };
}

const hasAll = (labels: RawAlert["labels"], wanted: AlertedService["labels"]): boolean =>
  wanted !== undefined && Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** In the form that names of services have. */
function nameFrom(given: string): string {
  const name = given.replace(/[^a-zA-Z0-9._-]+/g, "-").replace(/^[._-]+/, "");
  return name.slice(0, 63) || unnamedService;
}

function timeOf(
  given: string | undefined,
  nowMs: number,
): { readonly ms: number; readonly note?: string } {
  if (given === undefined) return { ms: nowMs };
  const ms = Date.parse(given);
  if (Number.isNaN(ms)) return { ms: nowMs, note: "its time cannot be read: now" };
  if (ms > nowMs + aheadMs) return { ms: nowMs, note: "it is from the future: now" };
  if (ms < nowMs - longestPastMs) {
    return { ms: nowMs - longestPastMs, note: "it began more than 30 days ago: 30 days" };
  }
  return { ms: Math.min(ms, nowMs) };
}

function noticeOf(
  { status, labels, annotations, endsAt }: RawAlert,
  { fingerprintLabels }: AlertSettings,
  { nowMs, by, sinceMs }: AlertMoment & { readonly sinceMs: number },
): Omit<ReportNotice, "severity"> {
  const name = shown(labels["alertname"] ?? "") || "without a name";
  return {
    fingerprint: fingerprintOf(labels, fingerprintLabels),
    name,
    kind: by === "user_report" ? "report" : "alert",
    by,
    said: saidOf(name, labels, annotations),
    sinceMs,
    endedMs: status === "resolved" ? Math.max(timeOf(endsAt, nowMs).ms, sinceMs) : undefined,
  };
}

/** Bound to the values, not to their order. */
function fingerprintOf(labels: RawAlert["labels"], chosen: readonly string[]): string {
  const has = chosen.filter((name) => Object.hasOwn(labels, name));
  const names = has.length > 0 ? has : Object.keys(labels);
  const pairs = names.toSorted().map((name) => [name, labels[name]]);
  return createHash("sha256").update(JSON.stringify(pairs)).digest("hex").slice(0, 20);
}

/** The runbook comes early: it is what people need most. */
function saidOf(
  name: string,
  { instance }: RawAlert["labels"],
  { summary, description, runbook_url, runbook, dashboard_url, impact }: RawAlert["annotations"],
): string {
  const page = runbook_url ?? runbook;
  return [
    summary ?? description ?? name,
    ...(page === undefined ? [] : [`Runbook: ${page}`]),
    ...(impact === undefined ? [] : [`Impact: ${impact}`]),
    ...(instance === undefined ? [] : [`Instance: ${instance}`]),
    ...(dashboard_url === undefined ? [] : [`Dashboard: ${dashboard_url}`]),
  ]
    .map(shown)
    .join("; ");
}

/** One line of at most 200 characters; controls, and halves of a character, are escaped. */
const shown = (text: string): string => printable(text.slice(0, 200).trim());
