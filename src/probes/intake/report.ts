/**
 * What others report of a service: alerts of other programs, and people. A report is known by its fingerprint: it is
 * counted when it comes again, and remembered for a time when it is over. Pure.
 *
 *     unknown ── firing ──► firing ── firing again ──► firing, count + 1
 *                            │  ▲
 *                   resolved │  │ firing, begun after the end
 *                            ▼  │
 *                           over ── a firing notice that began before the end ──► ignored
 */
import type { DetectedBy, ReportedKind, Severity } from "../../incidents/episode.ts";

/** Stored. */
export interface Report {
  readonly name: string;
  readonly kind: ReportedKind;
  readonly by: Extract<DetectedBy, "alert" | "user_report">;
  readonly severity: Severity;
  /** One sentence. It may hold text from data. */
  readonly said: string;
  /** When it began to fire, ms since 1970. */
  readonly sinceMs: number;
  /** When it came last, ms since 1970. */
  readonly lastMs: number;
  /** How often it came while it fired, 1 or more. */
  readonly count: number;
  /** When it was over, ms since 1970; left out while it fires. */
  readonly endedMs?: number;
}

/** A report as it came. */
export interface ReportNotice extends Omit<Report, "lastMs" | "count" | "endedMs"> {
  readonly fingerprint: string;
  /** When it was over, ms since 1970; undefined while it fires. */
  readonly endedMs: number | undefined;
}

/** What became of a notice: new · again · over · not known, or older than what is known · too many at once. */
export type Taken = "new" | "repeated" | "resolved" | "ignored" | "beyond";

export type Reports = Readonly<Record<string, Report>>;

/** So many reports of one service are stored, firing or over. */
export const mostReports = 100;
/** A report that is over is remembered for so long, so that a late notice does not open it again. */
const rememberedMs = 86_400_000;

export const isFiring = ({ endedMs }: Report): boolean => endedMs === undefined;

/** @returns the reports that are stored now, and what became of each notice, in its order */
export function takeNotices(
  before: Reports,
  notices: readonly ReportNotice[],
  nowMs: number,
): { readonly reports: Reports; readonly taken: readonly Taken[] } {
  const reports = new Map(
    Object.entries(before).filter(([, { endedMs = nowMs }]) => nowMs - endedMs <= rememberedMs),
  );
  const taken = notices.map((notice) => take(reports, notice, nowMs));
  return { reports: Object.fromEntries(reports), taken };
}

function take(reports: Map<string, Report>, notice: ReportNotice, nowMs: number): Taken {
  const { fingerprint, endedMs, sinceMs } = notice;
  const known = reports.get(fingerprint);
  const fires = known !== undefined && isFiring(known) ? known : undefined;
  if (endedMs !== undefined) {
    if (fires === undefined || endedMs < fires.sinceMs) return "ignored";
    reports.set(fingerprint, { ...fires, lastMs: nowMs, endedMs });
    return "resolved";
  }
  if (isFromBefore(sinceMs, known)) return "ignored";
  if (!hasRoom(reports, fingerprint)) return "beyond";
  reports.set(fingerprint, firing(notice, fires, nowMs));
  return fires === undefined ? "new" : "repeated";
}

/** It began before the last end, so it comes late. */
const isFromBefore = (sinceMs: number, known: Report | undefined): boolean =>
  known?.endedMs !== undefined && sinceMs <= known.endedMs;

/** One that is over gives way to one that fires. */
function hasRoom(reports: Map<string, Report>, fingerprint: string): boolean {
  if (reports.has(fingerprint) || reports.size < mostReports) return true;
  const over = [...reports].find(([, report]) => !isFiring(report));
  return over !== undefined && reports.delete(over[0]);
}

function firing(notice: ReportNotice, known: Report | undefined, nowMs: number): Report {
  const { name, kind, by, severity, said, sinceMs } = notice;
  return {
    name,
    kind,
    by,
    severity,
    said,
    sinceMs: Math.max(sinceMs, known?.sinceMs ?? sinceMs),
    lastMs: nowMs,
    count: (known?.count ?? 0) + 1,
  };
}
