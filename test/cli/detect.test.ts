import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { type DetectOptions, runDetect } from "../../src/cli/detect.ts";
import { vectors } from "../detection/streams.ts";
import { fileWith } from "./files.ts";

async function detect(
  content: string,
  options: Partial<DetectOptions> = {},
): Promise<readonly string[]> {
  const lines: string[] = [];
  const csv = fileWith("rows.csv", content);
  const io = { stdout: (line: string) => void lines.push(line) };
  expect(await runDetect({ csv, detectorTypes, ...options }, io)).toBe(0);
  return lines;
}

interface RiverCase {
  readonly name: string;
  readonly cfg: Readonly<Record<string, unknown>>;
  readonly X: readonly Readonly<Record<string, number>>[];
  readonly score: readonly number[];
}

const vectorFile = new URL("../vectors/hst_river_vectors.json", import.meta.url);
const { cases }: { cases: readonly RiverCase[] } = JSON.parse(readFileSync(vectorFile, "utf8"));

/** The inputs of a case as a table; a feature that is not there is an empty cell. */
function tableOf({ X }: RiverCase): string {
  const names = [...new Set(X.flatMap((x) => Object.keys(x)))];
  const rows = X.map((x) => names.map((name) => x[name] ?? "").join(","));
  return `${[names.join(","), ...rows].join("\n")}\n`;
}

const river = tableOf(cases[0]!);
const riverSettings = ["n_trees=5", "height=3", "window_size=3", "seed=42", "calibrate=false"];

describe("detect with half-space trees alone", () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    "gives River's scores: %s",
    async (_, one) => {
      const set = Object.entries({ ...one.cfg, calibrate: false }).map(
        ([key, value]) => `${key}=${JSON.stringify(value)}`,
      );
      const lines = await detect(tableOf(one), { detector: "half-space-trees", set });
      const scores = lines.slice(1).map((line) => Number(line.split(",")[1]));
      expect(scores).toHaveLength(one.score.length);
      for (const [i, score] of scores.entries())
        expect(Math.abs(score - one.score[i]!)).toBeLessThan(1e-12);
    },
  );

  it("takes limits by the name of the column", async () => {
    const set = [...riverSettings, 'limits={"x":[0,1]}'];
    const limited = await detect(river, { detector: "half-space-trees", set });
    expect(limited).toEqual(
      await detect(river, { detector: "half-space-trees", set: riverSettings }),
    );
  });
});

describe("detect with one detector alone", () => {
  it("prints a header, a line for each row, and no score while warming up", async () => {
    const set = ["grace_period=4", "threshold=3"];
    const lines = await detect("value\n1\n2\n3\n4\n5\n9\n", { detector: "rolling-z-score", set });
    expect(lines.slice(0, 5)).toEqual(["row,score", "0,", "1,", "2,", "3,"]);
    expect(Number(lines[6]?.split(",")[1])).toBeCloseTo(6 / Math.sqrt(2.5) / 3, 12);
  });

  it("treats NaN, inf and empty cells as absent", async () => {
    const set = ["grace_period=4"];
    const lines = await detect("v,w\n1,1\n2,2\n1,1\n2,2\nNaN,1\ninf,\n1,2\n", {
      detector: "rolling-z-score",
      set,
    });
    expect(lines[6]).toBe("5,");
    expect(lines).toHaveLength(8);
  });

  it("with alerts shows the rows at which the boundary is crossed", async () => {
    const values = Array.from({ length: 40 }, (_, i) => (i >= 35 ? 50 : i % 3));
    const content = `value\n${values.join("\n")}\n`;
    const set = ["window_size=1000"];
    const lines = await detect(content, { detector: "rolling-z-score", set, alerts: true });
    expect(lines.map((line) => line.split(",")[0])).toEqual(["row", "35"]);
  });
});

describe("detect with the set that run uses", () => {
  const vectorOf = vectors(9);
  const names = Object.keys(vectorOf(0));
  const rows = Array.from({ length: 340 }, (_, i) => {
    const vector = vectorOf(i);
    if (i >= 300 && i < 310) vector["f2"] = 0.01;
    const time = new Date(Date.UTC(2026, 0, 1) + i * 300_000).toISOString();
    return [time.slice(0, 19).replace("T", " "), ...names.map((name) => vector[name])].join(",");
  });
  const table = `timestamp,${names.join(",")}\n${rows.join("\n")}\n`;

  it("shows the row at which an episode opens, and none else, with alerts", async () => {
    const lines = await detect(table, { alerts: true });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^300,\d/);
  });

  it("scores below 1 before and above 1 within the fault", async () => {
    const scores = (await detect(table)).slice(1).map((line) => Number(line.split(",")[1]));
    expect(Math.max(...scores.slice(100, 300))).toBeLessThan(1);
    expect(Math.min(...scores.slice(300, 310))).toBeGreaterThan(1);
  });

  it("orders rows below the boundary by how odd they are, and never calls them anomalous for it", async () => {
    const calm = Array.from({ length: 200 }, (_, i) => Math.sin(i * 1.7) + Math.sin(i * 0.6));
    const odd = [...calm.slice(0, 150), 2.6, ...calm.slice(150), 2.2];
    const lines = await detect(`x\n${odd.join("\n")}\n`);
    const scores = lines.slice(1).map((line) => Number(line.split(",")[1]));
    const ordinary = Math.max(...scores.slice(120, 150));
    expect(scores[150]).toBeGreaterThan(ordinary);
    expect(scores.at(-1)).toBeGreaterThan(ordinary);
    expect(scores[150]).toBeLessThan(1);
  });

  it("does not see what is ignored", async () => {
    expect(await detect(table, { alerts: true, ignore: ["f2"] })).toEqual(["row,score"]);
  });

  it("goes by the names of the columns, not by their order", async () => {
    const turned = table
      .split("\n")
      .map((line) => line.split(",").toReversed().join(","))
      .join("\n");
    expect(await detect(turned)).toEqual(await detect(table));
  });
});

interface Refusal {
  readonly what: string;
  readonly content: string;
  readonly options?: Partial<DetectOptions>;
  readonly code: string;
  readonly message: RegExp;
}

const zScore = (...set: readonly string[]) => ({ detector: "rolling-z-score", set });

const refusals: readonly Refusal[] = [
  {
    what: "a column in which nothing is a number",
    content: "a,model\n1,churn\n3,churn\n",
    code: "DW_CLI_FILE",
    message: /line 2: model "churn" is no number/,
  },
  {
    what: "timestamps none of which is a time",
    content: "timestamp,a\n2026-02-30,1\n",
    code: "DW_CLI_NOTHING_TO_JUDGE",
    message: /line 2: timestamp "2026-02-30"/,
  },
  {
    what: "a table without rows (FR-B5)",
    content: "timestamp,a\n",
    code: "DW_CLI_NOTHING_TO_JUDGE",
    message: /it has no rows/,
  },
  {
    what: "a table without features",
    content: "timestamp\n2026-01-01\n",
    code: "DW_CLI_FILE",
    message: /no column to score/,
  },
  {
    what: "a column that stands there twice",
    content: "a,a\n1,2\n",
    code: "DW_CLI_FILE",
    message: /column a stands there twice/,
  },
  {
    what: "a detector that does not exist",
    content: "a\n1\n",
    options: { detector: "magic" },
    code: "DW_CLI_USAGE",
    message: /no detector magic/,
  },
  {
    what: "a setting that is not key=JSON",
    content: "a\n1\n",
    options: zScore("x"),
    code: "DW_CLI_USAGE",
    message: /--set x/,
  },
  {
    what: "a setting the detector lacks",
    content: "a\n1\n",
    options: zScore("trees=1"),
    code: "DW_CLI_USAGE",
    message: /trees/,
  },
  {
    what: "settings for no detector",
    content: "a\n1\n",
    options: { set: ["seed=1"] },
    code: "DW_CLI_USAGE",
    message: /--set without --detector/,
  },
];

describe("detect refuses", () => {
  it.each(refusals)("$what", async ({ content, options, code, message }) => {
    await expect(detect(content, options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
