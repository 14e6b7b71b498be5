/** What `driftwarden fixes` prints of runs, of evidence, and of how a run was decided. */
import type { TargetEvidence } from "../store/runs/evidence.ts";
import type { ExplainedRun, RunDecision } from "../store/runs/explained.ts";
import type { ListedRun } from "../store/runs/list.ts";
import { columns } from "./columns.ts";

const time = (ms: number | null): string => (ms === null ? "-" : new Date(ms).toISOString());

/** `acted, recovered`, `denied by cooldown`. */
export function whatBecame({ status, gate, outcome }: ListedRun): string {
  if (gate !== null && status !== "void") return `${status} by ${gate}`;
  return outcome === null ? status : `${status}, ${outcome}`;
}

export function runTable(runs: readonly ListedRun[]): readonly string[] {
  const rows = runs.map((run) => [
    run.id,
    time(run.decidedAtMs),
    run.incidentNumber === null ? "-" : String(run.incidentNumber),
    run.targetName ?? "-",
    whatBecame(run),
  ]);
  return columns([["run", "decided", "incident", "target", "what became of it"], ...rows]);
}

export function evidenceTable(all: readonly TargetEvidence[]): readonly string[] {
  const header = ["target", "acted", "helped", "did not", "unclear", "would have", "no", "false"];
  const rows = all.map((one) => [
    one.target ?? "-",
    ...[one.acted, one.recovered, one.failed, one.inconclusive].map(String),
    ...[one.observed, one.declined, one.falseFires].map(String),
  ]);
  return columns([header, ...rows]);
}

export function evidenceMeaning(all: readonly TargetEvidence[]): string {
  const sum = (of: (one: TargetEvidence) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  const [acted, helped] = [sum(({ acted: n }) => n), sum(({ recovered }) => recovered)];
  const fired = sum(({ falseFires }) => falseFires);
  return `It helped in ${helped} of ${acted} attempts, by the models' own data. For ${fired} of what it fired at, people said that nothing was wrong. The mode is yours to change, in the configuration.`;
}

export function evidenceJson(one: TargetEvidence): object {
  const { falseFires, lastActedAtMs: last, ...counts } = one;
  return {
    ...counts,
    false_fires: falseFires,
    last_acted_at: last === null ? null : time(last),
  };
}

/** The decisions about the run, and what people said about it. */
export function explanationJson({ decisions, words: said }: Omit<ExplainedRun, "run">): object {
  return {
    decisions: decisions.map(({ atMs, status, answers, proposal }) => ({
      at: time(atMs),
      status,
      gates: answers,
      proposal: proposal?.id ?? null,
    })),
    words: said.map(({ atMs, by, word }) => ({ at: time(atMs), by, word })),
  };
}

const words: Readonly<Record<string, string>> = {
  wish: "asked for it",
  approve: "approved it",
  decline: "said no",
  propose_again: "had it asked again",
};

export function explanation({ run, decisions, words: said }: ExplainedRun): readonly string[] {
  const { fix, remediation, targetName, detail } = run;
  const on = targetName === null ? "" : ` on ${targetName}`;
  const incident = run.incidentNumber === null ? "" : ` for incident ${run.incidentNumber}`;
  return [
    `${fix} (${remediation}${on})${incident}: ${whatBecame(run)}`,
    detail,
    ...run.replicas.map(replicaLine),
    ...said.map(({ atMs, by, word }) => `${time(atMs)} ${by} ${words[word] ?? word}`),
    ...decisions.flatMap(decisionLines),
    `Next: ${nextText(run)}`,
  ];
}

function replicaLine({
  targetName,
  status,
  begunAtMs,
  detail,
}: ListedRun["replicas"][number]): string {
  const begun = begunAtMs === null ? "" : `, begun ${time(begunAtMs)}`;
  return `  ${targetName}: ${status.replace("_", " ")}${begun}${because(detail ?? undefined)}`;
}

function decisionLines({ atMs, status, answers, proposal }: RunDecision): readonly string[] {
  const asked = proposal === null ? "" : ` as ${proposal.id}`;
  const rows = answers.map(({ gate, answer, reason }) => `  ${gate}: ${answer}${because(reason)}`);
  return ["", `${time(atMs)} decided: ${status}${asked}`, ...rows];
}

const because = (reason: string | undefined): string => (reason === undefined ? "" : `. ${reason}`);

/** What comes next for a run: another try, a command that a person can give, the end of the act or its verification. */
export function nextText({ status, retryAtMs, proposal, fix }: ListedRun): string {
  if (status === "denied" && retryAtMs !== null)
    return `asked again at ${time(retryAtMs)}, if the model is still anomalous`;
  if (status === "denied") return "not tried again for this; a person can ask with dw restart";
  if (status === "proposed" && proposal !== null)
    return `on a person's word until ${time(proposal.untilMs)}: dw approve ${proposal.id}`;
  if (status === "void") return "on a person's word: dw approve asks again with fresh facts";
  if (status === "declined") return "not asked again for this";
  if (status === "observed") return `nothing, as long as the mode of ${fix} is observe`;
  return status === "acting" ? "the end of the act" : "its verification, if it is not known yet";
}
