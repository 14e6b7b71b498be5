/** Replicas, which are targets of a run that belong to one service, and sentences about their results. Pure. */
import type { Target } from "../../remediations/remediation.ts";
import type { RunSummary } from "../incidents/incident.ts";
import type { ReplicaStatus, RunReplica } from "../incidents/run-replica.ts";
import type { HistoryFacts } from "./gates/gate-facts.ts";

/** Whether there is one target, or the targets are replicas of one service. */
export function areOne(targets: readonly Target[]): boolean {
  const [first, ...more] = targets;
  const key = first?.replicaOf?.key;
  return first !== undefined && more.every(({ replicaOf }) => key && replicaOf?.key === key);
}

/** The name of the target, or of the service of several targets. */
export function nameOfTargets([first, ...more]: readonly Target[]): string | undefined {
  return more.length === 0 ? first?.name : (first?.replicaOf?.service ?? first?.name);
}

/**
 * The replica whose turn it is. An unhealthy one comes first. Otherwise a healthy one would be taken down while another does not work.
 *
 * @param targets those that are still to be restarted
 */
export function nextOf(targets: readonly Target[]): Target | undefined {
  return targets.find(({ healthy }) => healthy === false) ?? targets[0];
}

/** The targets for which the history is read: the one target, or the replicas with the name of their service. */
export function historyTargets(
  targets: readonly Target[] = [],
): Pick<HistoryFacts, "target" | "replicas"> {
  const [first] = targets;
  if (first === undefined || targets.length === 1 || !areOne(targets)) return { target: first };
  const { id, name, host } = first;
  return { target: { id, name: nameOfTargets(targets) ?? name, host }, replicas: targets };
}

/** The facts about its targets that a decided run stores. */
export function decidedTargets(targets: readonly Target[] = []): {
  readonly targetId: string | null;
  readonly targetName: string | null;
  readonly host: string | null;
  readonly snapshot: Target["snapshot"] | null;
  readonly replicas: readonly RunReplica[];
} {
  const [first] = targets;
  if (first === undefined)
    return { targetId: null, targetName: null, host: null, snapshot: null, replicas: [] };
  const { id, host, snapshot } = first;
  const targetName = historyTargets(targets).target?.name ?? first.name;
  return { targetId: id, targetName, host, snapshot, replicas: plannedReplicas(targets) };
}

/** The replicas of a run that was just decided; none for one target. */
function plannedReplicas(targets: readonly Target[]): readonly RunReplica[] {
  if (targets.length < 2 || !areOne(targets)) return [];
  return targets.map(({ id, name, host, snapshot }, index) => ({
    n: index + 1,
    targetId: id,
    targetName: name,
    host,
    snapshot,
    status: "planned",
    detail: null,
    begunAtMs: null,
    finishedAtMs: null,
    after: null,
  }));
}

export function targetOfReplica(replica: RunReplica): Target {
  const { targetId: id, targetName: name, host, snapshot } = replica;
  return { id, name, host, snapshot, refusal: undefined };
}

const restarted: readonly ReplicaStatus[] = ["acted", "back", "not_back"];
/** Statuses of replicas that end a run. The detail of such a replica says why. */
const ill: readonly ReplicaStatus[] = ["not_back", "failed", "unknown"];

/** Whether a replica did not come back. If so, no act on another replica begins. */
export function isStopped({ replicas }: Pick<OnReplicas, "replicas">): boolean {
  return replicas.some(({ status }) => ill.includes(status));
}

/** How a run on replicas ends. */
export interface RollEnd {
  /** First word of the sentence, such as `Restarted`. */
  readonly did: string;
  readonly allAtOnce: boolean;
  /** Why it ended early, in addition to the details of the replicas; undefined for no reason. */
  readonly because?: string | undefined;
}

interface RunEnding extends Pick<RunSummary, "status" | "detail"> {
  readonly outcome: "failed" | "unknown" | null;
}

/** The fields of a run that this file reads. */
interface OnReplicas {
  readonly replicas: readonly RunReplica[];
  readonly targetName: string | null;
}

/** A run counts as acted once one replica was restarted, so that its outcome is judged. */
export function endedRun(
  { replicas, targetName }: OnReplicas,
  { did, allAtOnce, because }: RollEnd,
): RunEnding {
  const done = replicas.filter(({ status }) => restarted.includes(status)).length;
  const isUnknown = replicas.some(({ status }) => status === "unknown" || status === "acting");
  const reasons = [
    ...replicas.filter(({ status }) => ill.includes(status)).flatMap(({ detail }) => detail ?? []),
    ...(because === undefined ? [] : [because]),
    ...untouchedText(replicas),
  ];
  const how = allAtOnce ? "all at once" : "one by one";
  const what = `${did} ${done} of ${replicas.length} replicas of ${targetName ?? "it"}, ${how}.`;
  const detail = [what, ...reasons].join(" ");
  if (reasons.length === 0) return { status: "acted", detail, outcome: null };
  if (isUnknown) return { status: "unknown", detail, outcome: "unknown" };
  return { status: done > 0 ? "acted" : "failed", detail, outcome: "failed" };
}

function untouchedText(replicas: readonly RunReplica[]): readonly string[] {
  const left = replicas.filter(({ status }) => status === "planned" || status === "untouched");
  const [last, ...others] = left.map(({ targetName }) => targetName).toReversed();
  if (last === undefined) return [];
  if (others.length === 0) return [`${last} was not touched.`];
  return [`${others.toReversed().join(", ")} and ${last} were not touched.`];
}
