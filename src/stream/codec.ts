/**
 * Encodes records as bytes and decodes them. A record is one JSON array, `[version, kind, …]`. Rows are arrays without
 * keys. Many rows of one model share a record, so the cost of JSON stays far below the cost of the stream.
 *
 * In version 2 each row ends with its place: the number of the importance within its row of the table. Only records
 * whose rows have places are written in version 2. A program that knows only version 1 stops at such a record with
 * DW_STREAM_NEWER. Otherwise it would keep only the first importance of each table row.
 */
import { messageOf } from "../errors.ts";
import { StreamNewerError } from "./errors.ts";
import type { Row, StreamRecord, TickRecord } from "./record.ts";

const version = 1;
/** The version of records whose rows have places. */
export const formWithPlaces = 2;

/** The result of bytes that are no record. The worker sets them aside. */
export interface Unreadable {
  readonly kind: "unreadable";
  readonly error: string;
}

/** A record in the format of a newer program. It is never set aside: the partition waits for a newer program. */
export interface Newer {
  readonly kind: "newer";
  readonly refusal: StreamNewerError;
}

type Json = number | string | boolean | null | readonly Json[];

/** Numbers that JSON cannot represent. */
const special: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

const fromNumber = (value: number): Json => {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : value;
  return String(value);
};

type FromRow = (row: Row) => Json;

const fromRow = (row: Row): readonly Json[] => [
  fromNumber(row.ts),
  row.feature,
  fromNumber(row.importance),
  fromNumber(row.tid),
];

const fromRowWithPlace = (row: Row): Json => [...fromRow(row), fromNumber(row.place ?? 0)];

const hasPlaces = (record: StreamRecord): boolean =>
  "rows" in record && record.rows.some(({ place }) => place !== undefined);

export function encodeRecord(record: StreamRecord): Buffer {
  const [form, fromOne] = hasPlaces(record)
    ? ([formWithPlaces, fromRowWithPlace] as const)
    : ([version, fromRow] as const);
  return Buffer.from(JSON.stringify([form, record.kind, ...fieldsOf(record, fromOne)]));
}

function fieldsOf(record: StreamRecord, fromOne: FromRow): readonly Json[] {
  switch (record.kind) {
    case "rows": {
      const { model, source, level, window, rows } = record;
      return [model, source, fromNumber(level), fromNumber(window), rows.map(fromOne)];
    }
    case "history":
      return [record.model, record.source, record.last, record.rows.map(fromOne)];
    case "tick":
      return fromTick(record);
    case "marker":
      return [record.id, record.model, fromNumber(record.at), record.marker];
    case "feedback":
      return [record.id, record.model, fromNumber(record.at), record.verdict, record.features];
    case "verify":
    default: {
      const { run, model, since, notBefore, minAttributions, giveUpCadences } = record;
      return [run, model, ...[since, notBefore, minAttributions, giveUpCadences].map(fromNumber)];
    }
  }
}

/** The fields that the first format of ticks did not have are at the end. */
function fromTick({ source, watermark, clock, gap, newest }: TickRecord): readonly Json[] {
  const first = [source, fromNumber(watermark), fromNumber(clock)];
  if (gap === undefined && newest === undefined) return first;
  const later = [gap, newest].map((value) => (value === undefined ? null : fromNumber(value)));
  return [...first, ...later];
}

/** Never throws. Invalid bytes give `unreadable` with the reason. A record of a newer program gives `newer`. */
export function decodeRecord(bytes: Uint8Array): StreamRecord | Unreadable | Newer {
  try {
    return read(new Fields(JSON.parse(utf8.decode(bytes))));
  } catch (error) {
    if (error instanceof StreamNewerError) return { kind: "newer", refusal: error };
    return { kind: "unreadable", error: messageOf(error) };
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function read(fields: Fields): StreamRecord {
  const found = fields.number();
  if (Number.isInteger(found) && found > formWithPlaces)
    throw new StreamNewerError(found, formWithPlaces);
  if (found !== version && found !== formWithPlaces)
    throw new Error(
      `version ${found} of a record is unknown; this program knows up to ${formWithPlaces}`,
    );
  const kind = fields.text();
  if (!isKind(kind)) throw new Error(`kind ${JSON.stringify(kind.slice(0, 40))} is unknown`);
  const record = readers[kind](fields, found === version ? rowOf : rowWithPlaceOf);
  fields.end();
  return record;
}

const isKind = (kind: string): kind is StreamRecord["kind"] => Object.hasOwn(readers, kind);

/** Object literals are evaluated in order, so each property takes the next field of the array. */
const readers: {
  readonly [Kind in StreamRecord["kind"]]: (f: Fields, row: ReadRow) => StreamRecord;
} = {
  rows: (f, row) => ({
    kind: "rows",
    model: f.text(),
    source: f.text(),
    level: f.number(),
    window: f.number(),
    rows: f.list(row),
  }),
  history: (f, row) => ({
    kind: "history",
    model: f.text(),
    source: f.text(),
    last: f.flag(),
    rows: f.list(row),
  }),
  tick: (f) => {
    const first = { source: f.text(), watermark: f.number(), clock: f.number() };
    const gap = f.numberIfAny();
    const newest = f.numberIfAny();
    return {
      kind: "tick",
      ...first,
      ...(gap !== undefined && { gap }),
      ...(newest !== undefined && { newest }),
    };
  },
  marker: (f) => ({
    kind: "marker",
    id: f.text(),
    model: f.text(),
    at: f.number(),
    marker: f.text(),
  }),
  feedback: (f) => ({
    kind: "feedback",
    id: f.text(),
    model: f.text(),
    at: f.number(),
    verdict: f.oneOf(["real", "false_positive", "wont_do"]),
    features: f.list((item) => new Fields([item]).text()),
  }),
  verify: (f) => ({
    kind: "verify",
    run: f.text(),
    model: f.text(),
    since: f.number(),
    notBefore: f.number(),
    minAttributions: f.number(),
    giveUpCadences: f.number(),
  }),
};

type ReadRow = (item: unknown) => Row;

function rowOf(item: unknown): Row {
  const f = new Fields(item);
  const row = commonFields(f);
  f.end();
  return row;
}

function rowWithPlaceOf(item: unknown): Row {
  const f = new Fields(item);
  const row = { ...commonFields(f), place: f.number() };
  f.end();
  return row;
}

const commonFields = (f: Fields): Row => ({
  ts: f.number(),
  feature: f.text(),
  importance: f.number(),
  tid: f.number(),
});

/** Reads the fields of an array in order, and checks the type of each. */
class Fields {
  readonly #items: readonly unknown[];
  #place = 0;

  constructor(items: unknown) {
    if (!Array.isArray(items)) throw new Error("a record or row is not an array");
    this.#items = items;
  }

  number(): number {
    const value = this.#items[this.#place++];
    const number = typeof value === "number" ? value : special.get(value);
    return number ?? this.#wrong("a number");
  }

  /** A number that may be missing: it is null, or an array of an older format ends before it. */
  numberIfAny(): number | undefined {
    if (this.#place === this.#items.length) return undefined;
    if (this.#items[this.#place] !== null) return this.number();
    this.#place++;
    return undefined;
  }

  text(): string {
    const value = this.#items[this.#place++];
    return typeof value === "string" ? value : this.#wrong("a text");
  }

  flag(): boolean {
    const value = this.#items[this.#place++];
    return typeof value === "boolean" ? value : this.#wrong("true or false");
  }

  oneOf<Word extends string>(words: readonly Word[]): Word {
    const value = this.#items[this.#place++];
    return words.find((word) => word === value) ?? this.#wrong(words.join(" or "));
  }

  list<Item>(itemOf: (item: unknown) => Item): Item[] {
    const value = this.#items[this.#place++];
    return Array.isArray(value) ? value.map(itemOf) : this.#wrong("a list");
  }

  end(): void {
    if (this.#place !== this.#items.length) throw new Error("a record or row has too many fields");
  }

  #wrong(wanted: string): never {
    throw new Error(`field ${this.#place - 1} of a record or row is not ${wanted}`);
  }
}
