/** Reads the past of a source once, for replays: no positions, no stream, no store, only SELECT. */
import { type FamilyOf, familyOf } from "../model-family.ts";
import type { ModelKey } from "../model-key.ts";
import type { Row } from "../stream/record.ts";
import type { SourceClient } from "./client.ts";
import { canHoldName } from "./column-types.ts";
import { connect } from "./connection.ts";
import type { SourceDropReason } from "./drop-reasons.ts";
import { toSourceError } from "./errors.ts";
import { type SourceLayout, usedColumns } from "./layout.ts";
import { type SourceOptions, slowTimeoutMs } from "./options.ts";
import { probe } from "./probe.ts";
import { keyOf, parseRow, type RawRow } from "./rows.ts";
import type { Shape } from "./shapes/shape.ts";
import { shapeOf } from "./shapes/shape-of.ts";
import { column } from "./sql/names.ts";
import { allRows, newestRow, rowsSince, size, valuesOf } from "./sql/past.ts";
import { openView, type PollSnapshot, pages } from "./view.ts";

export interface Past {
  /** How far back from the newest row to read, ms. With Infinity all rows are read. */
  readonly ms: number;
  /** Called with the size of the table before the first row is read. */
  readonly found: (size: PastSize) => void;
  /** Receives importances in no order, each with its row of the table. */
  readonly take: (model: ModelKey, row: Row, raw: RawRow) => void;
  /** Receives importances, and rows as a whole, that cannot belong to a series. */
  readonly leaveOut: (reason: SourceDropReason, raw: RawRow) => void;
}

/** The place (ctid) that is given to a row without one. */
export const noPlace = "(0,0)";

export interface PastSize {
  /** Estimated number of rows; undefined where Postgres has no estimate. */
  readonly rows: number | undefined;
  /** Whether an index begins with the timestamp. */
  readonly indexed: boolean;
}

export interface PastRead {
  readonly rows: number;
  /** Rows with names from which control characters or direction marks were removed. */
  readonly cleaned: number;
  /** The source's clock, microseconds since 1970. */
  readonly clock: number;
  /** Text columns that are not read, with the number of distinct values in a sample. */
  readonly texts: readonly { readonly name: string; readonly values: number }[];
}

/** A row further ahead of the clock than this is not the newest one, ms. */
const maxAheadMs = 3_600_000;

/**
 * Passes the rows of a table, a view or a partitioned table to `take`, in the order of Postgres. It reads one read-only
 * snapshot, with one page in memory at a time.
 *
 * @throws SourceError with the code of the fault and the GRANT or setting that repairs it
 */
export async function readPast(options: SourceOptions, past: Past): Promise<PastRead> {
  const client = await connect(options.connection);
  try {
    const layout = await probe(client, options);
    past.found(await sizeOf(client, layout));
    const view = await openView(client, layout, slowTimeoutMs(options.connection));
    let [rows, cleaned] = [0, 0];
    const from = {
      keyOf: keysOf(options),
      shape: shapeOf(options.columns),
      familyOf: familyOf(options.versionedNames),
    };
    for await (const page of pages(view, await query(view, options, past))) {
      for (const raw of page) {
        const handed = handOn(raw, from, past);
        rows += handed.read;
        cleaned += handed.cleaned;
      }
    }
    return { rows, cleaned, clock: view.clock, texts: await textsOf(view) };
  } catch (error) {
    throw toSourceError(error, `reading the past of ${options.table}`);
  } finally {
    await client.end();
  }
}

interface From {
  readonly keyOf: (model: string) => ModelKey;
  readonly shape: Shape;
  readonly familyOf: FamilyOf;
}

/** The key of each model is made once, not once a row. */
function keysOf(options: SourceOptions): From["keyOf"] {
  const keys = new Map<string, ModelKey>();
  return (model) => {
    const known = keys.get(model);
    if (known !== undefined) return known;
    const made = keyOf(options, model);
    keys.set(model, made);
    return made;
  };
}

/**
 * @returns the number of importances in the row, 1 if the row is left out as a whole, and the number with a cleaned
 *   name
 */
function handOn(
  raw: RawRow,
  { keyOf: keyOfModel, shape, familyOf: families }: From,
  { take, leaveOut }: Past,
): { readonly read: number; readonly cleaned: number } {
  const all = parseRow(raw, shape, families);
  let cleaned = 0;
  for (const parsed of all) {
    if (typeof parsed === "string") leaveOut(parsed, raw);
    else {
      take(keyOfModel(parsed.model), parsed.row, raw);
      cleaned += parsed.cleaned === true ? 1 : 0;
    }
  }
  return { read: all.length, cleaned };
}

async function query(view: PollSnapshot, options: SourceOptions, { ms }: Past) {
  const { client, layout, clock } = view;
  const paged = {
    pageRows: layout.shape.pageRows(options.pageRows),
    timeoutMs: slowTimeoutMs(options.connection),
  };
  if (ms === Infinity) return { text: allRows(layout, noPlace), values: [], ...paged };
  const until = new Date(clock / 1000 + maxAheadMs).toISOString();
  const { rows } = await client.query<{ newest: number }>(newestRow(layout), [until]);
  const newestMs = (rows[0]?.newest ?? clock) / 1000;
  const since = new Date(Math.max(0, newestMs - ms)).toISOString();
  return { text: rowsSince(layout, noPlace), values: [since], ...paged };
}

async function sizeOf(client: SourceClient, layout: SourceLayout): Promise<PastSize> {
  const { rows } = await client.query<{ rows: number; indexed: boolean }>(size(layout));
  const [found] = rows;
  const known = found !== undefined && found.rows >= 0 && layout.reading === "windows";
  return { rows: known ? found.rows : undefined, indexed: found?.indexed ?? true };
}

async function textsOf({ client, layout }: PollSnapshot): Promise<PastRead["texts"]> {
  const used = new Set(usedColumns(layout));
  const names = layout.available
    .filter(({ name, type }) => canHoldName(type) && !used.has(name))
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const { rows } = await client.query<{ values: readonly number[] }>(
    valuesOf(layout, names.map(column)),
  );
  return names.map((name, i) => ({ name, values: rows[0]?.values[i] ?? 0 }));
}
