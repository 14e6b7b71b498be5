/**
 * Which models a tick may change. A tick goes to every model of its source, and most of them have nothing to do then:
 *
 *     a model is asked  ⇔  watermark ≥ min(due, retiredAt), or the tick has a gap,
 *                          or the clock lies behind a time that some model has seen
 *
 * So the cost of a tick grows with the models that are due, not with the models that are watched.
 */
import type { ModelKey } from "../../model-key.ts";
import type { TickRecord } from "../../stream/record.ts";
import type { WatchedModel } from "../model.ts";
import { DueQueue } from "./due-queue.ts";

export class TickSchedule {
  readonly #models: ReadonlyMap<ModelKey, WatchedModel>;
  readonly #queues = new Map<string, DueQueue>();
  /** By source: where a tick's clock is before this time, some model may have seen a future time. */
  readonly #ahead = new Map<string, number>();
  /** The order in which models joined, which is the order of their events. */
  readonly #joined = new Map<ModelKey, number>();
  #joins = 0;

  /** @param models that are watched, in the order in which they joined */
  constructor(models: ReadonlyMap<ModelKey, WatchedModel>) {
    this.#models = models;
  }

  /** Call it when a model has joined, or a record has changed it. */
  changed(model: WatchedModel): void {
    if (!this.#joined.has(model.key)) this.#joined.set(model.key, this.#joins++);
    const { historic, source } = model.facts;
    if (historic) return;
    this.#queueOf(source).set(model.key, Math.min(model.due(), model.retiredAt));
    this.#ahead.set(source, Math.max(this.#aheadOf(source), model.aheadUntil));
  }

  left(model: ModelKey): void {
    this.#joined.delete(model);
  }

  /**
   * The models of the tick's source that it may change, in the order in which they joined. Call {@link changed} for
   * each one that is still watched afterwards.
   */
  take({ source, watermark, clock, gap = 0 }: TickRecord): readonly WatchedModel[] {
    const due = this.#queueOf(source).take(watermark);
    const isForAll = gap > 0 || clock < this.#aheadOf(source);
    if (isForAll) this.#ahead.delete(source);
    const asked = isForAll ? [...this.#models.values()] : this.#inOrder(due);
    return asked.filter(({ facts }) => facts.source === source);
  }

  #inOrder(keys: readonly ModelKey[]): readonly WatchedModel[] {
    const place = (key: ModelKey): number => this.#joined.get(key) ?? 0;
    return keys
      .toSorted((a, b) => place(a) - place(b))
      .flatMap((key) => this.#models.get(key) ?? []);
  }

  #aheadOf(source: string): number {
    return this.#ahead.get(source) ?? Number.NEGATIVE_INFINITY;
  }

  #queueOf(source: string): DueQueue {
    const queue = this.#queues.get(source) ?? new DueQueue();
    this.#queues.set(source, queue);
    return queue;
  }
}
