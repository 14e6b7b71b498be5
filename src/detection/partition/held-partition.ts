/** The worker's data of a partition, and how its changed states are saved. worker.ts decides when. */
import type { Logger } from "pino";
import { DriftwardenError, messageOf } from "../../errors.ts";
import type { ModelKey } from "../../model-key.ts";
import type { RecordLog } from "../../stream/record-log.ts";
import type { PartitionEngine } from "../engine.ts";
import type { DetectionMetrics } from "../metrics.ts";
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
  /** By source, the newest watermark whose decisions are committed, microseconds. */
  committed: ReadonlyMap<string, number>;
}

interface Saving {
  readonly store: PartitionStore;
  /** Tells the stream that records of a partition below an offset are no longer needed. */
  readonly forget: RecordLog["forget"];
  readonly logger: Logger;
  readonly metrics: DetectionMetrics;
}

/**
 * Saves what has changed. A refused state does not prevent others from being saved.
 *
 * @throws what the store throws, after all others are saved; states that were not saved stay marked as changed
 */
export async function saveHeld(held: HeldPartition, saving: Saving): Promise<void> {
  const { metrics, forget, store } = saving;
  const until = held.next;
  const refused = new Map<ModelKey, unknown>();
  metrics.saves.inc();
  for (;;) {
    // A state that has applied the record of an uncommitted decision must not be saved; see worker.ts.
    if (held.pending.length > 0) return;
    const states = held.engine.takeDirty(saveBytes, new Set(refused.keys()));
    if (states.length === 0) break;
    for (const [model, error] of await saveTogether(states, held, saving))
      refused.set(model, error);
    if (held.engine.boundary(until).replayFrom >= until) break;
  }
  const boundary = held.engine.boundary(until);
  await store.moveReplayFrom(held.claim, boundary);
  held.engine.moved(boundary);
  countForgotten(boundary.ended, saving);
  await forget(held.claim.partition, boundary.replayFrom);
  const [first] = refused;
  if (first === undefined) return;
  const [model, error] = first;
  throw new Error(
    `${refused.size} states cannot be saved, of model ${model}: ${messageOf(error)}`,
    {
      cause: error,
    },
  );
}

type DirtyState = ReturnType<PartitionEngine["takeDirty"]>[number];

/**
 * Halves a refused batch down to single states, since Postgres does not say which state it refused.
 *
 * @returns the states that are refused by themselves
 * @throws errors that no state causes: the store is unreachable, or the claim is lost
 */
async function saveTogether(
  states: readonly DirtyState[],
  held: HeldPartition,
  saving: Saving,
): Promise<readonly (readonly [ModelKey, unknown])[]> {
  const models = states.map(({ model }) => model);
  try {
    await saving.store.saveStates(held.claim, states);
  } catch (error) {
    if (error instanceof DriftwardenError) {
      held.engine.saveFailed(models);
      throw error;
    }
    if (states.length > 1) return await saveHalves(states, held, saving);
    held.engine.saveFailed(models);
    return models.map((model) => [model, error] as const);
  }
  held.engine.saved(models);
  saving.metrics.statesSaved.inc(states.length);
  return [];
}

async function saveHalves(
  states: readonly DirtyState[],
  held: HeldPartition,
  saving: Saving,
): Promise<readonly (readonly [ModelKey, unknown])[]> {
  const middle = states.length >> 1;
  const later = states.slice(middle);
  const first = await saveTogether(states.slice(0, middle), held, saving).catch(
    (error: unknown) => {
      held.engine.saveFailed(later.map(({ model }) => model));
      throw error;
    },
  );
  return [...first, ...(await saveTogether(later, held, saving))];
}

/** Counts and logs forgotten models once their saved states are deleted. */
function countForgotten(models: readonly ModelKey[], { logger, metrics }: Saving): void {
  metrics.modelsRetired.inc(models.length);
  for (const model of models) logger.info({ model }, "silent model forgotten");
}
