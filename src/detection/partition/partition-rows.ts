/**
 * Counts the rows of a partition that belong to no model's state: those of models that were refused or forgotten.
 *
 * # Why rows are counted by offset
 *
 * The partition's row holds the counts of records below `replayFrom`. After a crash everything above is read and
 * counted again. So a count goes into the partition's row in the statement that moves `replayFrom` past its record, and
 * not before.
 *
 * A row that is sent again is counted once. A model that is watched knows the rows it has seen by their positions. For
 * refused models these positions are kept here, and go into the partition's row with the counts.
 */
import { type ModelKey, modelName } from "../../model-key.ts";
import type { HistoryRecord, RowsRecord } from "../../stream/record.ts";
import { advance, historyLevel } from "../attribution/positions.ts";
import type { Position } from "../model-facts.ts";
import {
  addAll,
  addRows,
  type RowCounts,
  type RowOutcome,
  type RowsBySource,
} from "./row-counts.ts";

/** The last position of a model's rows, by level. */
type Positions = Readonly<Record<string, Position>>;

/** Counts in the partition's row of the rows that are in no model's state. Plain data; empty for a new partition. */
export interface StoredRows {
  readonly counts?: RowsBySource;
  readonly refused?: Readonly<Record<ModelKey, Positions>>;
}

/** Positions are kept for this many refused models, the newest. A repeated row of an older one counts twice. */
const maxPositions = 1000;

interface Refused {
  readonly offset: number;
  readonly model: ModelKey;
  readonly outcome: RowOutcome;
  /** Rows that were not seen before. */
  readonly rows: number;
  readonly positions: Positions;
}

/** A move of `replayFrom`, and the models that ended before it. */
interface Move {
  readonly replayFrom: number;
  readonly ended: readonly ModelKey[];
}

export class PartitionRows {
  #stored: RowsBySource = {};
  #storedRefused: ReadonlyMap<ModelKey, Positions> = new Map();
  #positions = new Map<ModelKey, Record<string, Position>>();
  #refused: Refused[] = [];
  readonly #ended = new Map<ModelKey, RowCounts>();

  /** @param stored what the partition's row held when it was claimed */
  restore({ counts = {}, refused = {} }: StoredRows): void {
    this.#stored = counts;
    this.#storedRefused = new Map(Object.entries(refused));
    this.#positions = new Map(
      Object.entries(refused).map(([model, known]) => [model, positionsOf(known)]),
    );
  }

  /** @returns rows of the record that were not seen before */
  refuse(offset: number, record: RowsRecord | HistoryRecord, outcome: RowOutcome): number {
    const { model } = record;
    const place = record.kind === "rows" ? record : { level: historyLevel, window: 0 };
    const positions = this.#positions.get(model) ?? {};
    this.#positions.delete(model);
    this.#positions.set(model, positions);
    const rows = record.rows.filter((row) => advance(positions, place, row)).length;
    this.#refused.push({ offset, model, outcome, rows, positions: positionsOf(positions) });
    dropOldest(this.#positions);
    return rows;
  }

  /** Takes over the counts of a model that is forgotten. */
  end(model: ModelKey, rows: Readonly<RowCounts>): void {
    this.#ended.set(model, addAll({ ...this.#ended.get(model) }, rows));
  }

  /** The counts to save with a forgotten model until the partition's row contains them. */
  ended(model: ModelKey): RowCounts {
    return this.#ended.get(model) ?? {};
  }

  /** The counts to store in the partition's row with this move. Call {@link moved} once they are stored. */
  after({ replayFrom, ended }: Move): StoredRows {
    const counts = copyOf(this.#stored);
    const positions = new Map(this.#storedRefused);
    for (const model of ended) addAll(of(counts, model), this.ended(model));
    for (const one of this.#refused.filter(({ offset }) => offset < replayFrom)) {
      addRows(of(counts, one.model), one.outcome, one.rows);
      positions.delete(one.model);
      positions.set(one.model, one.positions);
    }
    dropOldest(positions);
    return { counts, refused: Object.fromEntries(positions) };
  }

  /** @param rows what {@link after} returned for this move */
  moved({ replayFrom, ended }: Move, { counts = {}, refused = {} }: StoredRows): void {
    this.#stored = counts;
    this.#storedRefused = new Map(Object.entries(refused));
    this.#refused = this.#refused.filter(({ offset }) => offset >= replayFrom);
    for (const model of ended) this.#ended.delete(model);
  }

  /** The counts of this object, plus those of the models that are watched. */
  with(models: Iterable<readonly [ModelKey, Readonly<RowCounts>]>): RowsBySource {
    const rows = copyOf(this.#stored);
    for (const { model, outcome, rows: count } of this.#refused)
      addRows(of(rows, model), outcome, count);
    for (const [model, counts] of this.#ended) addAll(of(rows, model), counts);
    for (const [model, counts] of models) addAll(of(rows, model), counts);
    return rows;
  }
}

const positionsOf = (positions: Positions): Record<string, Position> =>
  Object.fromEntries(
    Object.entries(positions).map(([level, position]): [string, Position] => [
      level,
      [...position],
    ]),
  );

function dropOldest(positions: Map<ModelKey, unknown>): void {
  for (const model of positions.keys()) {
    if (positions.size <= maxPositions) return;
    positions.delete(model);
  }
}

const copyOf = (rows: RowsBySource): Record<string, RowCounts> =>
  Object.fromEntries(Object.entries(rows).map(([source, counts]) => [source, { ...counts }]));

function of(rows: Record<string, RowCounts>, model: ModelKey): RowCounts {
  const { source } = modelName(model);
  return (rows[source] ??= {});
}
