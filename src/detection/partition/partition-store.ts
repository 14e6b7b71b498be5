/** The port to what the worker needs stored. Declared here because detection needs it; the store implements it. */
import type { ModelKey } from "../../model-key.ts";
import type { DetectionEvent } from "../event.ts";
import type { Boundary } from "./checkpoint-tracker.ts";
import type { StoredRows } from "./partition-rows.ts";

/** Our right to write for a partition: every later claim has a higher epoch and fences this one. */
export interface PartitionClaim {
  readonly partition: number;
  readonly epoch: number;
  /** Decisions at or below this offset are stored; -1 when there is none. */
  readonly decidedOffset: number;
  /** The offset from which the partition must be read again after a claim. */
  readonly replayFrom: number;
  /** Counts of the rows below `replayFrom` that are in no model's state. */
  readonly rows: StoredRows;
}

/** A boundary, and the counts of the rows below it that are in no model's state. */
export interface CountedBoundary extends Boundary {
  readonly rows: StoredRows;
}

export interface ModelStateRow {
  readonly model: ModelKey;
  readonly state: Uint8Array;
  /** Offset of the newest record in the state. */
  readonly appliedThrough: number;
}

export interface OffsetDecision {
  readonly offset: number;
  readonly event: DetectionEvent;
}

/** Every write is fenced by the claim's epoch and throws when a newer claim exists. */
export interface PartitionStore {
  claim(partition: number): Promise<PartitionClaim>;
  loadStates(partition: number): Promise<readonly ModelStateRow[]>;
  /** Decisions stored from this offset on. */
  storedDecisions(partition: number, fromOffset: number): Promise<readonly OffsetDecision[]>;
  /**
   * One transaction: stores the decisions that are new by id, lets each change its incident, moves `decidedOffset`.
   * Safe to call again after an unknown outcome.
   */
  decide(
    claim: PartitionClaim,
    decisions: readonly OffsetDecision[],
    throughOffset: number,
  ): Promise<void>;
  saveStates(claim: PartitionClaim, states: readonly ModelStateRow[]): Promise<void>;
  /** One transaction: moves `replayFrom` with its row counts, and deletes what is kept of models that ended before. */
  moveReplayFrom(claim: PartitionClaim, boundary: CountedBoundary): Promise<void>;
}
