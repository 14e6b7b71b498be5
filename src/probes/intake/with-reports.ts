/** What the probes of a service and the reports about it say together. Pure. */
import type {
  DetectedBy,
  FaultClass,
  ServiceEpisodeKind,
  Severity,
  Sighting,
} from "../../incidents/episode.ts";
import { worse } from "../../incidents/severity.ts";
import type { ServiceVerdict } from "../verdict.ts";
import { isFiring, type Report, type Reports } from "./report.ts";

export interface WholeVerdict {
  /** That of the probes, which know more; without them, that of the worst report. */
  readonly kind: ServiceEpisodeKind;
  /** All of them, the one above first. */
  readonly kinds: readonly ServiceEpisodeKind[];
  readonly severity: Severity;
  /** Undefined where only others report. */
  readonly class: FaultClass | undefined;
  /** Undefined where a probe finds something. */
  readonly detectedBy: Extract<DetectedBy, "alert" | "user_report"> | undefined;
  /** The most important first. */
  readonly probes: readonly Sighting[];
  /** Names of the reports. */
  readonly names: readonly string[];
}

/** So many reports stand on a ticket. */
const mostShown = 20;

/** @returns undefined where nothing is broken */
export function withReports(
  probed: ServiceVerdict | undefined,
  reports: Reports,
): WholeVerdict | undefined {
  const firing = Object.values(reports).filter(isFiring).toSorted(worstFirst);
  const [worst] = firing;
  const names = [...new Set(firing.map(({ name }) => name))];
  const said = firing.slice(0, mostShown).map(sighting);
  const kinds = firing.map(({ kind }) => kind);
  if (probed !== undefined) {
    const { kind, class: of, probes } = probed;
    const severity = worse(probed.severity, worst?.severity ?? probed.severity);
    const all = { kinds: [...new Set([kind, ...kinds])], probes: [...probes, ...said], names };
    return { kind, severity, class: of, detectedBy: undefined, ...all };
  }
  if (worst === undefined) return undefined;
  const { kind, severity, by } = worst;
  const all = { kinds: [...new Set([kind, ...kinds])], probes: said, names };
  return { kind, severity, class: undefined, detectedBy: by, ...all };
}

const worstFirst = (a: Report, b: Report): number =>
  a.severity.localeCompare(b.severity) || a.sinceMs - b.sinceMs;

function sighting({ kind, name, severity, said, sinceMs }: Report): Sighting {
  const since = `${new Date(sinceMs).toISOString().slice(0, 19)}Z`;
  return { probe: `${kind} ${name}`, said: `${said} (${severity}, since ${since})` };
}
