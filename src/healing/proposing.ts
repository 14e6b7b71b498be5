/** Makes the proposal of a run that needs approval. Pure. */
import { createHash } from "node:crypto";
import type { Plan, Target } from "../../remediations/remediation.ts";
import { staleAfterMs } from "../incidents/freshness.ts";
import type { ApprovalRules, Proposal, ProposedAct } from "../incidents/proposal.ts";
import { nameOfTargets } from "./replicas.ts";

export interface ApprovalSettings {
  readonly rules: ApprovalRules;
  /** How long a proposal can be answered, ms. */
  readonly expiresMs: number;
  /** How long the fix is denied after a person declined it, ms. */
  readonly denyForMs: number;
}

export const defaultApproval: ApprovalSettings = {
  rules: { approvals: 1, others: false, twice: false },
  expiresMs: 30 * 60_000,
  denyForMs: 24 * 3_600_000,
};

/** The act on the target, or on all replicas, as they are now. */
export function actOn(
  targets: readonly [Target, ...Target[]],
  {
    plan,
    ...of
  }: { readonly fix: string; readonly remediation: string; readonly incident: string } & {
    readonly plan: Plan;
  },
): ProposedAct {
  const [{ id, name, host, snapshot }, ...more] = targets;
  const act = { ...of, id, name, host, snapshot, parameters: plan.parameters };
  if (more.length === 0) return act;
  const replicas = targets.map((one) => ({ id: one.id, name: one.name, snapshot: one.snapshot }));
  return { ...act, name: nameOfTargets(targets) ?? name, snapshot: {}, replicas };
}

/** Hash of the act. It covers no time of the proposal, so the same act always has the same hash. */
export function hashOf(act: ProposedAct): string {
  const { snapshot, parameters, replicas, ...others } = act;
  const parts: unknown[] = [others, snapshot, parameters].map(sorted);
  if (replicas !== undefined)
    parts.push(replicas.map(({ id, name, snapshot: own }) => [id, name, sorted(own)]));
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

const sorted = (part: object): readonly [string, unknown][] => Object.entries(part).toSorted(byKey);

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

export interface Proposing {
  readonly run: string;
  readonly act: ProposedAct;
  readonly does: string;
  readonly service?: string;
  readonly nowMs: number;
  readonly newestRowMs: number;
  readonly cadenceMs: number | undefined;
  readonly severity: string;
  readonly settings: ApprovalSettings;
  readonly canAnswer: readonly string[];
  /** Who asked for the run; left out where the incident matched the fix. */
  readonly askedBy?: string;
  readonly before: Proposal["before"];
  readonly because?: string;
  /** Ids of the waiting proposals. */
  readonly taken: readonly string[];
}

export function propose(asked: Proposing): Proposal {
  const { run, act, does, nowMs, newestRowMs, cadenceMs, settings, taken, ...rest } = asked;
  const { rules, expiresMs } = settings;
  return {
    ...rest,
    id: letters(`${run}\n${nowMs}`, taken),
    act,
    hash: hashOf(act),
    does,
    rules,
    madeAtMs: nowMs,
    untilMs: nowMs + expiresMs,
    newestRowMs,
    freshUntilMs: newestRowMs + staleAfterMs(cadenceMs),
  };
}

/** The letters without vowels and Y, which could form words, and without L and Q, which are easily misread. */
const alphabet = "BCDFGHJKMNPRSTVWXZ";

/** Four letters that no waiting proposal has. */
function letters(seed: string, taken: readonly string[]): string {
  for (let n = 0; ; n += 1) {
    const bytes = createHash("sha256").update(`${seed}\n${n}`).digest();
    const id = [...bytes.subarray(0, 4)].map((byte) => alphabet[byte % alphabet.length]).join("");
    if (!taken.includes(id)) return id;
  }
}
