/**
 * The decision tree of triage: what all probes of a service together say about it. Pure.
 *
 *     1. Is it unresponsive on all ways?              P0
 *     2. Is a part of it broken, slow or restarting?  P1
 *     3. Is something about to break?                 P2
 *     4. Otherwise it is fine: nothing is opened.
 *
 * Nobody waits for a background service, so it is P2 at most. P0 for harmful outputs is given by people only, because no
 * probe can know it.
 *
 * The ways are the endpoints that are about the whole service. A service without such an endpoint has its containers as
 * the only way.
 */
import type { FaultClass, ProbedKind, Severity, Sighting } from "../incidents/episode.ts";
import type { ProbeFinding, ProbeQuestion } from "./probe.ts";
import type { ProbeStanding } from "./standing.ts";

export interface ServiceVerdict {
  readonly kind: ProbedKind;
  readonly severity: Severity;
  readonly class: FaultClass;
  /** The most important first, never empty. */
  readonly probes: readonly Sighting[];
}

/** A question with how it stands. */
export interface StandingQuestion extends Pick<ProbeQuestion, "id" | "way"> {
  readonly standing: ProbeStanding;
}

interface Failing {
  readonly id: string;
  readonly finding: ProbeFinding;
}

/** The kind that explains the others comes first. */
const importance = [
  "oom",
  "restart_loop",
  "down",
  "unhealthy",
  "memory",
] as const satisfies readonly ProbedKind[];

/** @returns undefined where nothing is broken */
export function verdictOf(
  all: readonly StandingQuestion[],
  { background }: { readonly background: boolean },
): ServiceVerdict | undefined {
  const failing = all.flatMap(failed).toSorted(byImportance);
  const [first] = failing;
  if (first === undefined) return undefined;
  const severity = severityBy(all, failing);
  const isInfrastructure = failing.some(({ finding }) => finding.class === "infrastructure");
  return {
    kind: first.finding.kind,
    severity: background ? "P2" : severity,
    class: isInfrastructure ? "infrastructure" : "behaviour",
    probes: failing.map(({ id, finding }) => ({ probe: id, said: finding.said })),
  };
}

function severityBy(all: readonly StandingQuestion[], failing: readonly Failing[]): Severity {
  if (isUnresponsive(all)) return "P0";
  return failing.some(({ finding }) => finding.reach !== "near") ? "P1" : "P2";
}

/**
 * Endpoints decide, because users see them. Where no container runs, one silent answer of an endpoint is enough: the
 * engine has confirmed it.
 */
function isUnresponsive(all: readonly StandingQuestion[]): boolean {
  const endpoints = all.filter(({ way }) => way === "endpoint");
  const containers = all.filter(({ way }) => way === "container");
  const noneRuns = containers.length > 0 && containers.every(isSilent);
  if (endpoints.length === 0) return noneRuns;
  return endpoints.every((one) => isSilent(one) || (noneRuns && wasSilent(one)));
}

const isSilent = ({ standing }: StandingQuestion): boolean =>
  standing.failing && standing.finding?.reach === "silent";

const wasSilent = ({ standing }: StandingQuestion): boolean =>
  standing.recent.endsWith("x") && standing.finding?.reach === "silent";

function failed({ id, standing }: StandingQuestion): readonly Failing[] {
  const { failing, finding } = standing;
  return failing && finding !== undefined ? [{ id, finding }] : [];
}

function byImportance(a: Failing, b: Failing): number {
  return importance.indexOf(a.finding.kind) - importance.indexOf(b.finding.kind);
}
