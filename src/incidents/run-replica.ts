/** A replica of a run that acts on several targets of one service. Each is an act of its own. Plain data. */

/**
 *     planned ──► acting ──► acted ──► back
 *        │           │         └──► not_back
 *        │           └──► failed · unknown
 *        └──► untouched: the run ended before its turn
 *
 * `acted`: the act took effect, and it is not healthy yet. `back`: it is.
 */
export type ReplicaStatus =
  | "planned"
  | "acting"
  | "acted"
  | "back"
  | "not_back"
  | "failed"
  | "unknown"
  | "untouched";

export interface RunReplica {
  /** Counts from 1, by name. */
  readonly n: number;
  readonly targetId: string;
  readonly targetName: string;
  readonly host: string;
  /** The state of the replica when the run was decided. */
  readonly snapshot: Readonly<Record<string, string>>;
  readonly status: ReplicaStatus;
  /** What became of it, one sentence; null until its act ends. */
  readonly detail: string | null;
  /** When its act began, ms since 1970; null before. */
  readonly begunAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** The state of the replica after the act; null until then. */
  readonly after: Readonly<Record<string, string>> | null;
}
