/** A run as the API shows it; never the stored row. */
import { isoTime } from "../iso-time.ts";
import { modelName } from "../model-key.ts";
import type { ListedRun } from "../store/runs/list.ts";
import type { Run } from "../store/runs/run.ts";

export interface RunJson {
  readonly id: string;
  readonly fix: string;
  readonly remediation: string;
  /** The number is null when the incident is not stored any more. */
  readonly incident: { readonly number: number | null; readonly id: string };
  /** Null where an older program wrote the run for no model. */
  readonly subject: { readonly kind: string; readonly name: string; readonly key: string } | null;
  /** Mode of the fix when the run was decided. */
  readonly mode: string;
  /** The target; null when none was resolved. */
  readonly target: {
    readonly id: string;
    readonly name: string | null;
    readonly host: string | null;
    /** State of the target when the run was decided, and after the act. */
    readonly before: Readonly<Record<string, string>> | null;
    readonly after: Readonly<Record<string, string>> | null;
  } | null;
  /** The replicas on which the run acts, each with its result; left out for one target. */
  readonly replicas?: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly detail: string | null;
    readonly before: Readonly<Record<string, string>> | null;
    readonly after: Readonly<Record<string, string>> | null;
    readonly begun_at: string | null;
    readonly finished_at: string | null;
  }[];
  readonly status: Run["status"];
  /** The gate that denied it. */
  readonly gate: string | null;
  /** When a run that was denied for now is tried again; else null. */
  readonly retry_at: string | null;
  readonly detail: string;
  readonly decided_at: string | null;
  readonly acted_at: string | null;
  readonly finished_at: string | null;
  readonly outcome: Run["outcome"];
  /**
   * The answer of every gate at the last decision of the run, in the order of the list. An older program left it out.
   */
  readonly gates?: Run["answers"];
  /** The proposal of the last decision; left out where there was none. */
  readonly proposal?: {
    readonly id: string;
    readonly does: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly until: string | null;
    readonly hash: string;
  };
}

export function runJson(run: ListedRun): RunJson {
  const { id, fix, remediation, mode, status, gate, detail, outcome } = run;
  return {
    id,
    fix,
    remediation,
    incident: { number: run.incidentNumber, id: run.incident },
    subject: subjectOf(run),
    mode,
    target: targetOf(run),
    ...(run.replicas.length > 0 && { replicas: run.replicas.map(replicaJson) }),
    status,
    gate,
    retry_at: isoTime(run.retryAtMs),
    detail,
    decided_at: isoTime(run.decidedAtMs),
    acted_at: isoTime(run.actedAtMs),
    finished_at: isoTime(run.finishedAtMs),
    outcome,
    ...(run.answers.length > 0 && { gates: run.answers }),
    ...(run.proposal !== null && { proposal: proposalOf(run.proposal) }),
  };
}

function proposalOf({
  id,
  does,
  act,
  untilMs,
  hash,
}: NonNullable<Run["proposal"]>): NonNullable<RunJson["proposal"]> {
  return { id, does, parameters: act.parameters, until: isoTime(untilMs), hash };
}

function targetOf({ targetId, targetName, host, snapshot, after }: Run): RunJson["target"] {
  if (targetId === null) return null;
  const [before, since] = [snapshot, after].map(stateJson);
  return { id: targetId, name: targetName, host, before: before ?? null, after: since ?? null };
}

function replicaJson(replica: Run["replicas"][number]): NonNullable<RunJson["replicas"]>[number] {
  const { targetId: id, targetName: name, status, detail, snapshot, after } = replica;
  return {
    id,
    name,
    status,
    detail,
    before: stateJson(snapshot),
    after: stateJson(after),
    begun_at: isoTime(replica.begunAtMs),
    finished_at: isoTime(replica.finishedAtMs),
  };
}

/** Engines write times in different forms; the API shows one. */
function stateJson(state: Run["snapshot"]): Run["snapshot"] {
  if (state === null) return null;
  const shown = Object.entries(state).map(([key, value]) => [
    key,
    key.endsWith("_at") ? (isoTime(Date.parse(value)) ?? value) : value,
  ]);
  return Object.fromEntries(shown);
}

/** Reads the stored text of the subject: the kind, a new line, the key. */
function subjectOf({ subject, model }: Run): RunJson["subject"] {
  const [kind = "", key = ""] = (subject ?? (model && `model\n${model}`) ?? "").split("\n");
  return key === "" ? null : { kind, name: modelName(key).model, key };
}
