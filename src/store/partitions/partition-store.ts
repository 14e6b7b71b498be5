/** Implements the PartitionStore of detection on this store. */
import type { DetectionEvent } from "../../detection/event.ts";
import type { PartitionStore } from "../../detection/partition/partition-store.ts";
import { insertDecisions, readDecisions } from "../decisions/decision.ts";
import type { Tx } from "../query.ts";
import { loadStates } from "../states/load.ts";
import { saveStates } from "../states/save.ts";
import type { Store } from "../store.ts";
import { claimPartition, commitDecisions, moveReplayFrom } from "./claim.ts";

export interface PartitionStoreOptions {
  readonly store: Store;
  /** Unique per process and start. */
  readonly owner: string;
  /** Name of the stream in the store. */
  readonly stream: string;
  /** Records new decisions, in the transaction that stores them. Called last, because it locks the journal. */
  readonly record: (tx: Tx, events: readonly DetectionEvent[]) => Promise<void>;
}

export function createPartitionStore(options: PartitionStoreOptions): PartitionStore {
  const { store, owner, stream, record } = options;
  return {
    claim: (partition) => claimPartition(store, { stream, partition }, owner),
    loadStates: (partition) => collected(loadStates(store, { stream, partition })),
    storedDecisions: (partition, fromOffset) =>
      readDecisions(store, { stream, partition }, fromOffset),
    // The most important transaction: the offset moves, decisions are stored, incidents change, effects are promised.
    decide: ({ partition, epoch }, decisions, throughOffset) =>
      store.transaction(async (tx) => {
        await commitDecisions(tx, { stream, partition, epoch }, throughOffset);
        const fresh = new Set(await insertDecisions(tx, { stream, partition }, decisions));
        const events = decisions.map(({ event }) => event);
        await record(
          tx,
          events.filter(({ id }) => fresh.delete(id)),
        );
      }),
    saveStates: ({ partition, epoch }, states) =>
      saveStates(store, { stream, partition, epoch }, states),
    moveReplayFrom: ({ partition, epoch }, boundary) =>
      moveReplayFrom(store, { stream, partition, epoch }, boundary),
  };
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
