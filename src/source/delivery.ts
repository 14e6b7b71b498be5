/** Parses and counts the rows of a source, packs them into records, and appends the records to the sink. */
import type { Logger } from "pino";
import { type FamilyOf, familyOf } from "../model-family.ts";
import type { Row, StreamRecord } from "../stream/record.ts";
import type { RecordSink } from "../stream/record-sink.ts";
import { type SourceDropReason, sourceDropReasons } from "./drop-reasons.ts";
import {
  nameCleaned,
  rowNotFinite,
  rowUnusable,
  type SourceError,
  streamRefused,
} from "./errors.ts";
import type { SourceMetrics } from "./metrics.ts";
import type { SourceOptions } from "./options.ts";
import { byModel, keyOf, type ModelRow, parseRow, type RawRow } from "./rows.ts";
import type { Shape } from "./shapes/shape.ts";
import { shapeOf } from "./shapes/shape-of.ts";
import type { SourceRows } from "./source-rows.ts";
import { Usability } from "./usability.ts";

export interface DeliveryDeps {
  readonly options: SourceOptions;
  readonly sink: RecordSink;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
  readonly signal: AbortSignal;
  /** Called when the stream has not answered within its deadline. The delivery still waits for the answer. */
  readonly onLate: () => void;
}

/** The usable importances of a page, and the counts of all. A row that is left out as a whole counts once. */
export interface ParsedPage {
  readonly rows: readonly ModelRow[];
  readonly counted: SourceRows;
}

type Pack = (model: string, rows: readonly Row[]) => StreamRecord;

export class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #labels: { readonly source: string };
  readonly #reported = new Set<string>();
  readonly #usability = new Usability();
  readonly #familyOf: FamilyOf;
  readonly #shape: Shape;
  #newest: number | undefined;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#labels = { source: deps.options.name };
    this.#familyOf = familyOf(deps.options.versionedNames);
    this.#shape = shapeOf(deps.options.columns);
  }

  /**
   * Newest finite time of the rows sent since {@link newestTold}, microseconds since 1970; undefined if no row was
   * sent.
   */
  get newest(): number | undefined {
    return this.#newest;
  }

  newestTold(): void {
    this.#newest = undefined;
  }

  /** Why nearly no row of the source is usable; undefined while enough rows are usable. */
  get problem(): string | undefined {
    return this.#usability.problem;
  }

  /** Leaves out what cannot belong to a series, and counts it. */
  parse(page: readonly RawRow[]): ParsedPage {
    const rows: ModelRow[] = [];
    const leftOut: Partial<Record<SourceDropReason, number>> = {};
    let read = 0;
    let nonFinite = 0;
    let example: RawRow | undefined;
    for (const raw of page) {
      for (const parsed of parseRow(raw, this.#shape, this.#familyOf)) {
        read++;
        if (typeof parsed === "string") leftOut[parsed] = (leftOut[parsed] ?? 0) + 1;
        else rows.push(parsed);
        const isUsable = typeof parsed !== "string" && Number.isFinite(parsed.row.importance);
        if (isUsable) continue;
        example = raw;
        if (typeof parsed !== "string") nonFinite++;
      }
    }
    this.#tellLeftOut(leftOut);
    this.#countCleaned(rows);
    this.#countNonFinite(nonFinite);
    this.#usability.add({ read, unusable: read - rows.length + nonFinite, example });
    return { rows, counted: { read, leftOut } };
  }

  #tellLeftOut(leftOut: SourceRows["leftOut"]): void {
    for (const reason of sourceDropReasons)
      if (leftOut[reason] !== undefined) this.#tellOnce(reason, () => rowUnusable(reason));
  }

  #countCleaned(rows: readonly ModelRow[]): void {
    const count = rows.reduce((sum, { cleaned }) => sum + (cleaned === true ? 1 : 0), 0);
    if (count === 0) return;
    this.#deps.metrics.namesCleaned.inc(this.#labels, count);
    this.#tellOnce("cleaned", nameCleaned);
  }

  #countNonFinite(count: number): void {
    if (count === 0) return;
    this.#deps.metrics.rowsNonFinite.inc(this.#labels, count);
    this.#tellOnce("non_finite", rowNotFinite);
  }

  #tellOnce(reason: string, errorOf: () => SourceError): void {
    if (this.#reported.has(reason)) return;
    this.#reported.add(reason);
    this.#deps.logger.warn({ reason, err: errorOf() }, "bad rows in the source");
  }

  /** Sends rows in records of one model each. @returns how many rows the stream has set aside */
  async rows(rows: readonly ModelRow[], pack: Pack): Promise<number> {
    const records = byModel(rows).map((part) =>
      pack(keyOf(this.#deps.options, part.model), part.rows),
    );
    const setAside = await this.records(records);
    for (const { row } of rows) {
      if (Number.isFinite(row.ts)) this.#newest = Math.max(this.#newest ?? row.ts, row.ts);
    }
    return setAside;
  }

  /**
   * Waits for the stream without a limit, so no two appends are in flight at once. Only one page waits.
   *
   * @returns how many rows the stream has set aside
   * @throws SourceError DW_SOURCE_STREAM_REFUSED, also after the poller was stopped. Then nothing more is read.
   */
  async records(records: readonly StreamRecord[]): Promise<number> {
    if (records.length === 0) return 0;
    const late = setTimeout(this.#deps.onLate, this.#deps.options.streamDeadlineMs);
    try {
      this.#deps.signal.throwIfAborted();
      const setAside = await this.#deps.sink.append(records);
      this.#deps.metrics.records.inc(this.#labels, records.length);
      return setAside;
    } catch (error) {
      throw streamRefused(error);
    } finally {
      clearTimeout(late);
    }
  }
}
