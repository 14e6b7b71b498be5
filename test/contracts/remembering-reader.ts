/** A reader of a stream that remembers what it was told. */

import type { MarkerRecord } from "../../src/stream/record.ts";
import type { LogEntry, PartitionReader } from "../../src/stream/record-log.ts";

export const marker = (model: string, at: number): MarkerRecord => ({
  kind: "marker",
  id: `${model}-${at}`,
  model,
  at,
  marker: "retrain",
});
/** Remembers everything; shares its positions with the readers that come after it, as the store would. */
export class RememberingReader implements PartitionReader {
  readonly calls: string[] = [];
  readonly taken: { readonly partition: number; readonly entry: LogEntry }[] = [];
  readonly #positions: Map<number, number>;
  /** Runs before a batch is taken; a rejection rejects the batch. */
  before: (entries: readonly LogEntry[]) => Promise<void> = () => Promise.resolve();

  constructor(positions: Map<number, number> = new Map()) {
    this.#positions = positions;
  }

  assigned(partition: number): Promise<number> {
    this.calls.push(`assigned ${partition}`);
    return Promise.resolve(this.#positions.get(partition) ?? 0);
  }

  async received(partition: number, entries: readonly LogEntry[]): Promise<void> {
    await this.before(entries);
    for (const entry of entries) {
      this.taken.push({ partition, entry });
      this.#positions.set(partition, entry.offset + 1);
    }
  }

  revoked(partition: number): void {
    this.calls.push(`revoked ${partition}`);
  }

  /** Times of the markers of a model, in the order they were taken. */
  markers(model: string): readonly number[] {
    const records = this.taken.map(({ entry }) => entry.record);
    return records.flatMap((record) =>
      record.kind === "marker" && record.model === model ? [record.at] : [],
    );
  }

  partitionsHeld(): readonly string[] {
    const held = new Set<string>();
    for (const call of this.calls) {
      const [what, partition = ""] = call.split(" ");
      if (what === "assigned") held.add(partition);
      else held.delete(partition);
    }
    return [...held].toSorted();
  }
}
