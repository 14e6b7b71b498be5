/**
 * The tables whose rows are sealed in the journal, and the columns that a seal covers.
 *
 * Columns that change without a decision are left out: the lease of an effect, its number of attempts, its next
 * attempt. docs/reference/audit.md lists the covered and the omitted columns.
 */
export interface SealedTable {
  readonly name: string;
  /** An SQL expression: the key of a row in the journal. */
  readonly key: string;
  readonly columns: readonly string[];
  /** An SQL condition that selects the rows whose keys are in $1. Set only if the key is no column. */
  readonly picks?: string;
  /** Whether retention deletes old rows of the table. */
  readonly pruned: boolean;
  /** Whether the program deletes rows of the table. Their keys are then sealed as gone. Default false. */
  readonly mayVanish?: boolean;
}

const id = "id";

export const sealedTables = [
  {
    name: "runs",
    key: id,
    columns: [
      id,
      "fix",
      "remediation",
      "incident",
      "subject",
      "model",
      "mode",
      "target_id",
      "target_name",
      "host",
      "snapshot",
      "status",
      "gate",
      "detail",
      "decided_at_ms",
      "acted_at_ms",
      "finished_at_ms",
      "after",
      "outcome",
      "retry_at_ms",
    ],
    pruned: false,
  },
  {
    name: "run_decisions",
    key: id,
    columns: [id, "run", "n", "at_ms", "status", "answers", "proposal"],
    pruned: false,
  },
  {
    name: "run_replicas",
    key: id,
    columns: [
      id,
      "run",
      "n",
      "target_id",
      "target_name",
      "host",
      "snapshot",
      "status",
      "detail",
      "begun_at_ms",
      "finished_at_ms",
      "after",
    ],
    pruned: false,
    mayVanish: true,
  },
  {
    name: "freezes",
    key: id,
    columns: [
      id,
      "name",
      "reason",
      "by",
      "at_ms",
      "until_ms",
      "matchers",
      "ended_at_ms",
      "ended_by",
    ],
    pruned: false,
  },
  {
    name: "incidents",
    key: id,
    columns: [
      id,
      "number",
      "fingerprint",
      "subject",
      "model",
      "severity",
      "state",
      "document",
      "updated_at_ms",
      "scope",
      "cause",
      "first_at",
      "size",
      "ticket_promised_at_ms",
    ],
    pruned: false,
  },
  {
    name: "incident_members",
    key: "incident || chr(10) || fingerprint",
    columns: [
      "incident",
      "fingerprint",
      "subject",
      "kind",
      "feature",
      "episode",
      "state",
      "joined_at",
      "severity",
      "score",
      "document",
    ],
    picks: `(incident, fingerprint) in (
      select split_part(k, chr(10), 1), split_part(k, chr(10), 2) from unnest($1::text[]) as k)`,
    pruned: false,
    mayVanish: true,
  },
  {
    name: "decisions",
    key: id,
    columns: [id, "stream", "partition", '"offset"', "event"],
    pruned: true,
  },
  {
    name: "outbox",
    key: id,
    columns: [id, "incident", "lane", "effect", "timer", "created_at_ms"],
    pruned: true,
  },
] as const satisfies readonly SealedTable[];

export type SealedTableName = (typeof sealedTables)[number]["name"];

/** Table → keys of rows. */
export type SealedKeys = Readonly<Partial<Record<SealedTableName, readonly string[]>>>;

/** SQL: half a sha256 of the columns, as hex. The stored text of `json` columns is hashed. */
export function hashOf({ columns }: SealedTable): string {
  return `left(encode(sha256(convert_to(json_build_array(${columns.join(", ")})::text, 'UTF8')), 'hex'), 32)`;
}
