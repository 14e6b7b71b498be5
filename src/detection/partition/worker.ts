/**
 * Connects the engine to the stream and the store: delivers records, commits decisions, saves learned states.
 *
 * # Two offsets of a partition
 *
 *     decidedOffset   every decision of a record at or below it is stored
 *     replayFrom      every change that a record below it made is in a saved state
 *
 * Decisions are committed with each batch, in a small transaction. States are saved in the background, model by model.
 *
 *     batch ──► engine ──► pending decisions ──decide()──► decidedOffset moves
 *                 └──► changed models ──saveStates()──► moveReplayFrom(): replayFrom moves
 *
 * # Order of the two writes
 *
 * A decision is committed before a state that has learned the same record is saved. Otherwise a crash in between would
 * lose the decision: the saved state has applied the record, so the replay skips it and does not decide again.
 *
 * # After a crash
 *
 * 1. The partition is claimed. The claim has a new epoch, and the store refuses all writes of the claim before.
 * 2. The saved states are loaded, and the partition is read again from `replayFrom`.
 * 3. Each model skips the records that its saved state has applied.
 * 4. Decisions at or below `decidedOffset` are computed again and compared with the stored ones. They are not stored
 *    again. A difference is counted and logged, except for a model whose saved state another version or other settings
 *    had made: its stored decisions stand.
 *
 * # Failure handling
 *
 * - A commit fails: the stream delivers the batch again. Records that are in memory are skipped; their decisions are
 *   still pending.
 * - Another process has claimed the partition: the next write throws DW_STORE_FENCED. The memory of the partition is
 *   dropped, and the partition is claimed again if the stream still assigns it to this process.
 * - A save fails: the states stay in memory and are tried again. At worst, a crash is followed by a longer replay.
 */
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import { type DriftwardenError, isFenced, messageOf } from "../../errors.ts";
import type { Health } from "../../health.ts";
import { sameJson } from "../../store/json.ts";
import type { LogEntry, PartitionReader, RecordLog } from "../../stream/record-log.ts";
import { type EngineSettings, PartitionEngine } from "../engine.ts";
import type { DetectionEvent } from "../event.ts";
import type { DetectionMetrics } from "../metrics.ts";
import { decided } from "./decided.ts";
import { DropNotices } from "./drop-notices.ts";
import { type HeldPartition, saveHeld } from "./held-partition.ts";
import type { ModelStateRow, OffsetDecision, PartitionStore } from "./partition-store.ts";
import { ReasonsTold } from "./reasons-told.ts";
import { SavedStates } from "./saved-states.ts";
import { searchable } from "./searchable.ts";

export interface WorkerOptions {
  readonly engine: EngineSettings;
  readonly store: PartitionStore;
  /** Tells the stream that records of a partition below this offset are no longer needed. */
  readonly forget: RecordLog["forget"];
  readonly checkpointIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DetectionMetrics;
}

type KnownEntry = LogEntry & { readonly record: Exclude<LogEntry["record"], { kind: "newer" }> };

export class DetectionWorker implements PartitionReader {
  readonly #options: WorkerOptions;
  readonly #notices: DropNotices;
  readonly #held = new Map<number, HeldPartition>();
  /** Partitions whose claim was found lost while states were saved. The next batch of each gets the error. */
  readonly #fenced = new Map<number, DriftwardenError>();
  readonly #stopping = new AbortController();
  readonly #unreadable = new ReasonsTold();
  readonly #savedStates = new SavedStates();
  #checkpoints: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#notices = new DropNotices(options.logger);
  }

  async assigned(partition: number): Promise<number> {
    const { store, logger } = this.#options;
    this.#held.delete(partition);
    this.#fenced.delete(partition);
    const claim = await store.claim(partition);
    const engine = new PartitionEngine(this.#options.engine);
    engine.restoreRows(claim.rows);
    const states = await store.loadStates(partition);
    this.#restore(partition, engine, states);
    const applied = new Map(states.map((saved) => [saved.model, saved.appliedThrough]));
    const stored = await store.storedDecisions(partition, claim.replayFrom);
    const again = stored.filter(({ offset, event }) => offset > (applied.get(event.model) ?? -1));
    const expected = new Map(again.map((decision) => [decision.event.id, decision]));
    this.#held.set(partition, {
      claim,
      engine,
      expected,
      next: claim.replayFrom,
      pending: [],
      committed: new Map(),
    });
    logger.info(
      { partition, epoch: claim.epoch, from: claim.replayFrom, models: states.length },
      "partition claimed",
    );
    return claim.replayFrom;
  }

  revoked(partition: number): void {
    this.#fenced.delete(partition);
    this.#savedStates.forget(partition);
    if (this.#held.delete(partition))
      this.#options.logger.info({ partition }, "partition released");
  }

  async received(partition: number, entries: readonly LogEntry[]): Promise<void> {
    const fenced = this.#fenced.get(partition);
    if (fenced !== undefined) throw fenced;
    const held = this.#held.get(partition);
    if (held === undefined) throw new Error(`partition ${partition} is not held`);
    await this.#assertOursBeforeGap(held, entries);
    const repeated = held.engine.counters.dropped.seen_position;
    let refusal: DriftwardenError | undefined;
    for (const { offset, record } of entries) {
      // Entries delivered again after a failed commit are already in memory.
      if (offset < held.next) continue;
      refusal = record.kind === "newer" ? record.refusal : undefined;
      if (record.kind === "newer") break;
      this.#apply(partition, held, { offset, record });
    }
    this.#options.metrics.rowsRepeated.inc(held.engine.counters.dropped.seen_position - repeated);
    await this.#commit(held);
    held.committed = held.engine.watermarks;
    this.#notices.look(this.engines());
    // The records before the refused one are committed; the partition stops here.
    if (refusal !== undefined) throw refusal;
  }

  /**
   * Call it when offsets are missing. After a long pause a new owner may have processed the records and let the stream
   * delete them. Then the claim is lost, but no data. Writing this claim's own `replayFrom` changes nothing, and throws
   * if a newer claim exists.
   *
   * @throws StoreError DW_STORE_FENCED
   */
  async #assertOursBeforeGap(
    { claim, next }: HeldPartition,
    entries: readonly LogEntry[],
  ): Promise<void> {
    const first = entries.find(({ offset }) => offset >= next);
    if (first === undefined || first.offset === next) return;
    await this.#options.store.moveReplayFrom(claim, { ...claim, ended: [] });
  }

  /** Starts saving states in the background. */
  start(): void {
    this.#checkpoints = this.#saveRegularly();
  }

  /** Saves all states once more. Records behind a state that cannot be saved are replayed at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#checkpoints;
    await this.#saveAll();
  }

  /** Not ok while states of a partition could not be saved at three checkpoints in a row: its log then grows. */
  savedStates(): Health {
    return this.#savedStates.health();
  }

  /** The engines of all partitions that this process owns, for metrics and the API. */
  engines(): readonly PartitionEngine[] {
    return [...this.#held.values()].map((held) => held.engine);
  }

  /**
   * For each partition held, by source: time up to which all is judged and all decisions are committed, microseconds. A
   * source is missing before its first tick since the claim.
   */
  watermarks(): readonly ReadonlyMap<string, number>[] {
    return [...this.#held.values()].map((held) => held.committed);
  }

  /** Loads the states into the engine. Logs once which sections do not fit and have to be learned again. */
  #restore(partition: number, engine: PartitionEngine, states: readonly ModelStateRow[]): void {
    const dropped = new Map<string, number>();
    for (const { model, ...saved } of states) {
      for (const section of engine.restore(model, saved))
        dropped.set(section, (dropped.get(section) ?? 0) + 1);
    }
    if (dropped.size === 0) return;
    this.#options.logger.warn(
      { partition, models: Object.fromEntries(dropped) },
      "sections of saved states do not fit this version or these settings; they are learned anew",
    );
  }

  #apply(partition: number, held: HeldPartition, entry: KnownEntry): void {
    const { metrics, logger } = this.#options;
    if (entry.offset > held.next) {
      metrics.gaps.inc();
      logger.error(
        { partition, expected: held.next, found: entry.offset },
        "records are missing from the stream",
      );
    }
    held.next = entry.offset + 1;
    metrics.records.inc({ kind: entry.record.kind });
    for (const event of this.#events(held, entry)) {
      if (entry.offset > held.claim.decidedOffset)
        held.pending.push({ offset: entry.offset, event });
      else this.#compare(held, event);
    }
    for (const { offset, event } of held.expected.values()) {
      if (offset > entry.offset) break;
      held.expected.delete(event.id);
      this.#diverged(held, event);
    }
  }

  #events(held: HeldPartition, { offset, record }: KnownEntry): readonly OffsetDecision["event"][] {
    const { metrics, logger } = this.#options;
    if (record.kind === "unreadable") {
      metrics.quarantined.inc();
      if (this.#unreadable.isNew(record.error))
        logger.error({ offset, err: record.error }, "record cannot be read and is set aside");
      return [];
    }
    try {
      return held.engine.apply(offset, record);
    } catch (error) {
      if (!("model" in record)) throw error;
      metrics.quarantined.inc();
      logger.error(
        { offset, model: record.model, err: error },
        "record cannot be processed and is set aside",
      );
      return held.engine.quarantine(record.model, offset, messageOf(error));
    }
  }

  #compare(held: HeldPartition, event: DetectionEvent): void {
    const stored = held.expected.get(event.id);
    held.expected.delete(event.id);
    if (!sameJson(decided(stored?.event), decided(event))) this.#diverged(held, event);
  }

  #diverged({ engine }: HeldPartition, { model, id }: DetectionEvent): void {
    if (engine.reshaped.has(model)) {
      // Another version or other settings made the stored decision. It stays valid.
      this.#options.logger.info({ model, id }, "decided before by another version of detection");
      return;
    }
    this.#options.metrics.divergences.inc();
    this.#options.logger.error({ model, id }, "replay decided differently than before");
  }

  async #commit(held: HeldPartition): Promise<void> {
    if (held.pending.length === 0) return;
    const decisions = held.pending;
    await this.#options.store.decide(held.claim, decisions, held.next - 1);
    held.pending = held.pending.slice(decisions.length);
    for (const { event } of decisions) {
      this.#options.metrics.decisions.inc({ type: event.type });
      this.#options.logger.info(
        { model: event.model, id: event.id, decided: event.type, ...searchable(event) },
        "decided",
      );
    }
  }

  async #saveRegularly(): Promise<void> {
    const { clock, checkpointIntervalMs } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(checkpointIntervalMs, signal);
      if (!signal.aborted) await this.#saveAll();
    }
  }

  async #saveAll(): Promise<void> {
    for (const [partition, held] of this.#held) {
      const saved = saveHeld(held, this.#options).then(() => this.#savedStates.saved(partition));
      await saved.catch((error: unknown) => {
        this.#options.metrics.saveFailures.inc();
        this.#savedStates.failed(partition, error);
        if (isFenced(error)) {
          // If there are no decisions to commit, this write is the first to be refused. The next batch gets the error.
          this.#held.delete(partition);
          this.#savedStates.forget(partition);
          this.#fenced.set(partition, error);
        }
        this.#options.logger.warn({ partition, err: error }, "saving model states failed");
      });
    }
  }
}
