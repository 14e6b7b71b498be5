/**
 * Counts the rows of a partition that stand in no model's state: those of models that were refused or forgotten.
 *
 * # Why rows are counted by offset
 *
 * The partition's row holds the counts of records below `replayFrom`. After a crash everything above is read and
 * counted again. So a count goes into the partition's row in the statement that moves `replayFrom` past its record, and
 * not before.
 */
import { type ModelKey, modelName } from "../model-key.ts";
import {
  addAll,
  addRows,
  type RowCounts,
  type RowOutcome,
  type RowsBySource,
} from "./row-counts.ts";

interface Refused {
  readonly offset: number;
  readonly model: ModelKey;
  readonly outcome: RowOutcome;
  readonly rows: number;
}

/** What moves into the partition's row. */
interface Move {
  readonly replayFrom: number;
  readonly ended: readonly ModelKey[];
}

export class PartitionRows {
  #stored: RowsBySource = {};
  #refused: Refused[] = [];
  readonly #ended = new Map<ModelKey, RowCounts>();

  /** @param stored what the partition's row held when it was claimed */
  restore(stored: RowsBySource): void {
    this.#stored = stored;
  }

  refuse(refused: Refused): void {
    this.#refused.push(refused);
  }

  /** The model is forgotten, with its state. */
  end(model: ModelKey, rows: Readonly<RowCounts>): void {
    this.#ended.set(model, addAll({ ...this.#ended.get(model) }, rows));
  }

  /** What is to be saved of a forgotten model until its counts stand in the partition's row. */
  ended(model: ModelKey): RowCounts {
    return this.#ended.get(model) ?? {};
  }

  /** What the partition's row has to hold after this move. Tell {@link moved} when it does. */
  after({ replayFrom, ended }: Move): RowsBySource {
    const rows = copyOf(this.#stored);
    for (const model of ended) addAll(of(rows, model), this.ended(model));
    for (const { offset, model, outcome, rows: count } of this.#refused)
      if (offset < replayFrom) addRows(of(rows, model), outcome, count);
    return rows;
  }

  /** @param rows what {@link after} said of this move */
  moved({ replayFrom, ended }: Move, rows: RowsBySource): void {
    this.#stored = rows;
    this.#refused = this.#refused.filter(({ offset }) => offset >= replayFrom);
    for (const model of ended) this.#ended.delete(model);
  }

  /** All counts of this file, and those of the models that are watched. */
  with(models: Iterable<readonly [ModelKey, Readonly<RowCounts>]>): RowsBySource {
    const rows = copyOf(this.#stored);
    for (const { model, outcome, rows: count } of this.#refused)
      addRows(of(rows, model), outcome, count);
    for (const [model, counts] of this.#ended) addAll(of(rows, model), counts);
    for (const [model, counts] of models) addAll(of(rows, model), counts);
    return rows;
  }
}

const copyOf = (rows: RowsBySource): Record<string, RowCounts> =>
  Object.fromEntries(Object.entries(rows).map(([source, counts]) => [source, { ...counts }]));

function of(rows: Record<string, RowCounts>, model: ModelKey): RowCounts {
  const { source } = modelName(model);
  return (rows[source] ??= {});
}
