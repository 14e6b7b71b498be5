/** What the worker holds of a partition, and how its changed states are saved. When it is saved: worker.ts. */
import type { Logger } from "pino";
import type { ModelKey } from "../model-key.ts";
import type { RecordLog } from "../stream/record-log.ts";
import type { PartitionEngine } from "./engine.ts";
import type { DetectionMetrics } from "./metrics.ts";
import type { OffsetDecision, PartitionClaim, PartitionStore } from "./partition-store.ts";

/** Statements of about this size save states fastest (150 MB/s measured) and delay decisions least. */
const saveBytes = 2_000_000;

export interface HeldPartition {
  readonly claim: PartitionClaim;
  readonly engine: PartitionEngine;
  /** Stored decisions that the replay has to compute again, in offset order. */
  readonly expected: Map<string, OffsetDecision>;
  /** Offset of the next record to apply. */
  next: number;
  /** Decisions of applied records that are not committed yet. */
  pending: OffsetDecision[];
  /** Newest watermark whose decisions are committed, microseconds; undefined before the first. */
  committed: number | undefined;
}

interface Saving {
  readonly store: PartitionStore;
  /** Tells the stream that records of a partition below an offset are no longer needed. */
  readonly forget: RecordLog["forget"];
  readonly logger: Logger;
  readonly metrics: DetectionMetrics;
}

/** @throws what the store throws; states that were not saved stay marked as changed */
export async function saveHeld(held: HeldPartition, saving: Saving): Promise<void> {
  const { store, metrics, forget } = saving;
  const until = held.next;
  metrics.saves.inc();
  for (;;) {
    // A state that has applied the record of an uncommitted decision must not be saved; see worker.ts.
    if (held.pending.length > 0) return;
    const states = held.engine.takeDirty(saveBytes);
    if (states.length === 0) break;
    const models = states.map((state) => state.model);
    try {
      await store.saveStates(held.claim, states);
      held.engine.saved(models);
      metrics.statesSaved.inc(states.length);
    } catch (error) {
      held.engine.saveFailed(models);
      throw error;
    }
    if (held.engine.boundary(until).replayFrom >= until) break;
  }
  const boundary = held.engine.boundary(until);
  await store.moveReplayFrom(held.claim, boundary);
  held.engine.moved(boundary);
  countForgotten(boundary.ended, saving);
  await forget(held.claim.partition, boundary.replayFrom);
}

/** Counts forgotten models once their saved states are deleted. */
function countForgotten(models: readonly ModelKey[], { logger, metrics }: Saving): void {
  metrics.modelsRetired.inc(models.length);
  for (const model of models) logger.info({ model }, "silent model forgotten");
}
