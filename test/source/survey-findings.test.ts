import { describe, expect, it } from "vitest";
import type { SourceLayout } from "../../src/source/layout.ts";
import { shapeOf } from "../../src/source/shapes/shape-of.ts";
import { surveyFindings } from "../../src/source/survey-findings.ts";

const layout: SourceLayout = {
  schema: "public",
  table: "t",
  columns: { timestamp: "ts", feature: "f", importance: "i", model: "m" },
  shape: shapeOf({ feature: "f", importance: "i" }),
  time: { type: "timestamp with time zone", zone: "UTC" },
  available: [{ name: "i", type: "double precision", builtin: true }],
  modelColumns: ["m"],
  kind: "a table",
  reading: "windows",
};

/** Hours in which a model wrote. */
type Written = readonly [model: string, from: number, until: number];

function versionsFound(written: readonly Written[], over: object = {}) {
  const rows = written.flatMap(([model, from, until]) =>
    Array.from({ length: until - from }, (_, i) => ({
      ts: (from + i) * 3.6e9,
      age: 60,
      feature: "age",
      importance: "0.5",
      model,
    })),
  );
  const options = { name: "main", overlapMs: 0, pollIntervalMs: 1000, ...over };
  const found = {
    layout: { ...layout, ...over },
    options,
    hasIndex: true,
    isWhole: true,
    pollMs: 1,
  };
  return surveyFindings({ ...found, rows: rows.toReversed() }).filter(
    ({ check }) => check === "versions",
  );
}

describe("names of models in a source's newest rows", () => {
  it("of which one follows the other are taken for versions, and the setting is proposed", () => {
    const found = versionsFound([
      ["churn-v7", 0, 50],
      ["churn-v8", 50, 90],
      ["fraud", 0, 90],
    ]);
    expect(found).toMatchObject([
      {
        ok: true,
        doubtful: true,
        message: expect.stringMatching(/^churn-v7 and then churn-v8 look like two versions/),
        hint: 'If they are, set versioned_names: "{name}-v{version}" of the source.',
        key: "sources.main.versioned_names",
      },
    ]);
  });

  it("that are in use side by side are different models", () => {
    const regions: readonly Written[] = [
      ["region-1", 0, 90],
      ["region-2", 0, 90],
    ];
    expect(versionsFound(regions)).toEqual([]);
  });

  it("are not proposed again once the setting is there", () => {
    const setting = { versionedNames: "{name}-v{version}" };
    const written: readonly Written[] = [
      ["churn-v7", 0, 50],
      ["churn-v8", 50, 90],
    ];
    expect(versionsFound(written, setting)).toEqual([]);
  });

  it.each<[string, string, readonly Written[]]>([
    [
      "models with a number in their name",
      "{name}-{version}",
      [
        ["eu-1", 0, 90],
        ["eu-2", 0, 90],
      ],
    ],
    [
      "models of which the version holds a sign",
      "{name}-{version}",
      [
        ["risk-30-1", 0, 50],
        ["risk-60-1", 10, 90],
      ],
    ],
    [
      "a short one beside a long one",
      "{name}-{version}",
      [
        ["eu-1", 0, 90],
        ["eu-2", 40, 42],
      ],
    ],
  ])(
    "that versioned_names melts into one although both write is said: %s",
    (...[, template, written]) => {
      expect(
        versionsFound([...written, ["other", 0, 90]], { versionedNames: template }),
      ).toMatchObject([
        {
          ok: true,
          doubtful: true,
          message: expect.stringMatching(
            / and both write at the same time: its values are a mixture/,
          ),
          key: "sources.main.versioned_names",
        },
      ]);
    },
  );

  it.each<readonly Written[][]>([
    [
      [
        ["eu-1", 0, 50],
        ["eu-2", 48, 90],
      ],
    ],
    [
      [
        ["eu-1", 0, 50],
        ["eu-2", 60, 90],
        ["eu-3", 89, 99],
      ],
    ],
  ])("that follow each other, with a short time of both, are versions: %j", (written) => {
    expect(versionsFound(written, { versionedNames: "{name}-{version}" })).toEqual([]);
  });

  it("cannot hold a version where no column has them, which is said", () => {
    const setting = { versionedNames: "{name}-v{version}", modelColumns: [] };
    expect(versionsFound([["", 0, 50]], setting)).toMatchObject([
      { doubtful: true, message: "versioned_names changes nothing: no column names the model" },
    ]);
  });
});

function windowsDoubted(predictionWindowMs: number | undefined) {
  const rows = Array.from({ length: 50 }, (_, i) => ({
    ts: (50 - i) * 600e6,
    age: 60,
    feature: "age",
    importance: "0.5",
    model: "m",
  }));
  const options = { name: "main", overlapMs: 0, pollIntervalMs: 1000, predictionWindowMs };
  const found = { layout, options, hasIndex: true, isWhole: true, pollMs: 1, rows };
  return surveyFindings(found).filter(({ check }) => check === "predictions");
}

describe("a window of predictions", () => {
  it("below the usual gap of rows is doubted", () => {
    expect(windowsDoubted(600_000)).toMatchObject([
      {
        doubtful: true,
        message: expect.stringMatching(/^predictions.window is 10m, and rows .* every 10m/),
        key: "sources.main.predictions",
      },
    ]);
  });

  it("that holds several rows is not, and neither is none", () => {
    expect(windowsDoubted(3_600_000)).toEqual([]);
    expect(windowsDoubted(undefined)).toEqual([]);
  });
});

describe("a large table without an index on its time", () => {
  it("gets a statement that Postgres takes, whatever its names hold", () => {
    const [found] = surveyFindings({
      layout: { ...layout, table: 'we"ird', columns: { ...layout.columns, timestamp: 'a"t' } },
      options: { name: "main", overlapMs: 0, pollIntervalMs: 1000 },
      hasIndex: false,
      isWhole: false,
      pollMs: 1,
      rows: [{ ts: 1, age: 1, feature: "age", importance: "0.5", model: "m" }],
    }).filter(({ check }) => check === "index");
    expect(found?.hint).toContain('CREATE INDEX ON "public"."we""ird" ("a""t");');
  });
});
