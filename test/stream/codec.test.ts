import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { decodeRecord, encodeRecord } from "../../src/stream/codec.ts";
import type { Row, StreamRecord } from "../../src/stream/record.ts";
import { fuzz } from "../fakes/hostile-answers.ts";

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
);
/** Everything that JavaScript calls a string, lone surrogates, newlines and the words for special numbers included. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("NaN", 'a\n"b"\\', "🦞".repeat(1024), "\ud800", "__proto__"),
);
const cells = { ts: number, feature: text, importance: number, tid: number };
/** Rows of a record have places, or none has one. */
const rows = fc.oneof(
  fc.array(fc.record<Row>(cells)),
  fc.array(fc.record<Row>({ ...cells, place: fc.nat() })),
);
const model = { model: text, source: text };
const record: fc.Arbitrary<StreamRecord> = fc.oneof(
  fc.record({ kind: fc.constant("rows" as const), ...model, level: number, window: number, rows }),
  fc.record({ kind: fc.constant("history" as const), ...model, rows, last: fc.boolean() }),
  fc.record(
    {
      kind: fc.constant("tick" as const),
      source: text,
      watermark: number,
      clock: number,
      gap: number,
      newest: number,
    },
    { requiredKeys: ["kind", "source", "watermark", "clock"] },
  ),
  fc.record({
    kind: fc.constant("marker" as const),
    id: text,
    model: text,
    at: number,
    marker: text,
  }),
  fc.record({
    kind: fc.constant("feedback" as const),
    id: text,
    model: text,
    at: number,
    verdict: fc.constantFrom("real" as const, "false_positive" as const, "wont_do" as const),
    features: fc.array(text),
  }),
  fc.record({
    kind: fc.constant("verify" as const),
    run: text,
    model: text,
    since: number,
    notBefore: number,
    minAttributions: number,
    giveUpCadences: number,
  }),
);

const kinds = ["rows", "history", "tick", "marker", "feedback", "verify"];
const unreadable = { kind: "unreadable", error: expect.any(String) };
const decodeText = (json: string): unknown => decodeRecord(Buffer.from(json));

describe("the codec", () => {
  test.prop([record])("gives back every record as it was", (original) => {
    expect(decodeRecord(encodeRecord(original))).toEqual(original);
  });

  test.prop([fc.uint8Array()])(
    "calls any bytes unreadable or reads them, and never throws",
    (bytes) => {
      expect(decodeRecord(bytes)).toEqual(unreadable);
    },
  );

  test.prop([fc.json(), fc.json()])("survives any JSON in the place of fields", (a, b) => {
    expect(decodeText(`[1,"rows",${a},${b}]`)).toEqual(unreadable);
  });

  test.prop(
    [record, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }), fc.nat()],
    { seed: fuzz.seed, numRuns: 500 * fuzz.effort },
  )(
    "reads a record of which bytes were changed or cut off, or says why not",
    (whole, changes, end) => {
      const bytes = encodeRecord(whole);
      for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
      const { kind } = decodeRecord(bytes.subarray(0, bytes.length - (end % 3)));
      expect(["unreadable", "newer", ...kinds]).toContain(kind);
    },
  );

  it("writes a row as an array without keys", () => {
    const row: Row = { ts: 1, feature: "f", importance: Number.NaN, tid: 2 };
    const bytes = encodeRecord({
      kind: "rows",
      model: "m",
      source: "s",
      level: 0,
      window: 3,
      rows: [row],
    });
    expect(bytes.toString()).toBe('[1,"rows","m","s",0,3,[[1,"f","NaN",2]]]');
  });

  it("writes rows with places in version 2, also where the place is 0", () => {
    const row: Row = { ts: 1, feature: "f", importance: 0.5, tid: 2, place: 0 };
    const empty = { kind: "rows", model: "m", source: "s", level: 0, window: 3 } as const;
    const bytes = encodeRecord({ ...empty, rows: [row, { ...row, place: 7 }] });
    expect(bytes.toString()).toBe('[2,"rows","m","s",0,3,[[1,"f",0.5,2,0],[1,"f",0.5,2,7]]]');
  });

  it.each(['[1,"rows","m","s",0,3,[[1,"f",0.5,2,0]]]', '[2,"rows","m","s",0,3,[[1,"f",0.5,2]]]'])(
    "reads no row of another version: %s",
    (json) => {
      expect(decodeText(json)).toEqual(unreadable);
    },
  );
});

describe("a tick", () => {
  it("of the first form says neither gap nor newest row (FR-S2)", () => {
    const tick = { kind: "tick", source: "s", watermark: 1, clock: 2 };
    expect(decodeText('[1,"tick","s",1,2]')).toEqual(tick);
  });

  it("carries the gap and the newest row time behind what it said before (FR-S2)", () => {
    const tick = { kind: "tick", source: "s", watermark: 1, clock: 2, gap: 3 } as const;
    expect(encodeRecord(tick).toString()).toBe('[1,"tick","s",1,2,3,null]');
    expect(encodeRecord({ ...tick, newest: 4 }).toString()).toBe('[1,"tick","s",1,2,3,4]');
  });
});

describe("bytes that are no record", () => {
  it.each([
    ["an older version", '[0,"tick","s",1,1]', "version 0 of a record is unknown"],
    ["a version that is no number", '[1.5,"tick","s",1,1]', "version 1.5 of a record is unknown"],
    ["an unknown kind", '[1,"toString"]', 'kind "toString" is unknown'],
    ["a missing field", '[1,"tick","s",1]', "field 4 of a record or row is not a number"],
    ["a field too many", '[1,"tick","s",1,1,1,1,1]', "a record or row has too many fields"],
    ["a row that is none", '[1,"history","m","s",true,[7]]', "a record or row is not an array"],
    ["an unknown verdict", '[1,"feedback","i","m",1,"maybe",[]]', "not real or false_positive"],
  ])("say so: %s", (_name, json, error) => {
    expect(decodeText(json)).toEqual({ kind: "unreadable", error: expect.stringContaining(error) });
  });
});

describe("a record of a newer form", () => {
  it("is no bad record: it says which program can read it", () => {
    const decoded = decodeText('[3,"tick","s",1,1,{"new":true}]');
    expect(decoded).toMatchObject({
      kind: "newer",
      refusal: { code: "DW_STREAM_NEWER", message: expect.stringContaining("form 3") },
    });
  });
});
