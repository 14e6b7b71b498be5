/** Reads proposals of runs to people, and their answers. */
import type { AnsweredProposal, Proposal } from "../../incidents/proposal.ts";
import type { Queryable, Tx } from "../query.ts";
import { isAbout } from "./replicas.ts";

const newest = (column: string): string =>
  `(select d.${column} from run_decisions d where d.run = runs.id order by d.n desc limit 1)`;
const waitingSql = `
select id as run, fix, incident, target_id as target, ${newest("proposal")} as proposal,
  (select i.number from incidents i where i.id = runs.incident) as "incidentNumber"
from runs where status = 'proposed' order by decided_at_ms, id`;
const declinedSql = `
select finished_at_ms as "atMs", ${newest("proposal")} ->> 'severity' as severity from runs
where status = 'declined' and fix = $1 and ${isAbout("$2")} order by finished_at_ms desc nulls last limit 1`;
const beforeSql = `
select count(*) as acted, count(*) filter (where outcome = 'recovered') as helped from runs
where status in ('acted', 'failed', 'unknown') and fix = $1 and ${isAbout("$2")}`;
const documentSql = "select document -> 'runs' as runs from incidents where id = $1 for share";
const lockSql = "select id from incidents where id = $1 for update";
const statusesSql = "select id, status from runs where id = any ($1)";

/** A run that waits for a person's answer. */
export interface WaitingProposal {
  readonly run: string;
  readonly fix: string;
  /** Id and number of its incident; the number is null when the incident is not stored any more. */
  readonly incident: string;
  readonly incidentNumber: number | null;
  readonly target: string | null;
  readonly proposal: Proposal;
}

/** Oldest first. */
export function waitingProposals(q: Queryable): Promise<readonly WaitingProposal[]> {
  return q.query<WaitingProposal>(waitingSql);
}

/** When the fix was last declined on any of these targets; undefined when it never was. */
export async function lastDeclined(
  q: Queryable,
  { fix, targets }: OnTargets,
): Promise<{ readonly atMs: number; readonly severity: string } | undefined> {
  const [row] = await q.query<{ atMs: number; severity: string }>(declinedSql, [fix, targets]);
  return row;
}

/** A fix, and ids of the targets of one run. */
interface OnTargets {
  readonly fix: string;
  readonly targets: readonly string[];
}

/** How often the fix acted on any of the targets, and how often it helped. */
export async function actedBefore(
  q: Queryable,
  { fix, targets }: OnTargets,
): Promise<Proposal["before"]> {
  const [row] = await q.query<Proposal["before"]>(beforeSql, [fix, targets]);
  return row ?? { acted: 0, helped: 0 };
}

/**
 * The answer of people to the run's proposal so far. Until the transaction ends nobody can answer: a later decline
 * finds the run decided.
 */
export async function answeredProposal(
  tx: Tx,
  { incident, run }: { readonly incident: string; readonly run: string },
): Promise<AnsweredProposal | undefined> {
  const [row] = await tx.query<{ runs: readonly StoredSummary[] | null }>(documentSql, [incident]);
  const found = row?.runs?.find(({ id }) => id === run);
  return found?.status === "proposed" ? found.proposal : undefined;
}

interface StoredSummary {
  readonly id: string;
  readonly status: string;
  readonly proposal?: AnsweredProposal;
}

/** Stored statuses of runs. The incident may hold older statuses. No run is decided until the transaction ends. */
export async function lockedStatuses(
  tx: Tx,
  { incident, runs }: { readonly incident: string; readonly runs: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  await tx.query(lockSql, [incident]);
  const rows = await tx.query<{ id: string; status: string }>(statusesSql, [runs]);
  return new Map(rows.map(({ id, status }) => [id, status]));
}
