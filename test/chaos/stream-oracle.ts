/** Oracle (a), source → stream: every committed row is in the stream, exactly once after dedup by position. */
import { sql } from "../programs/postgres.ts";
import { oddFeatures, oddModels } from "./faults/odd-names.ts";
import { type Recorded, rowsOf, type StreamRow } from "./recording.ts";

export interface StreamVerdict {
  readonly rows: number;
  readonly lost: number;
  readonly duplicated: number;
  /** A few of what is wrong. */
  readonly wrong: readonly string[];
}

const committedSql = `
SELECT model, round(extract(epoch FROM "timestamp") * 1000000)::float8 AS ts, feature_name AS feature, importance
FROM explainability_metrics`;

/** What JSON has no numbers for keeps its name. */
const identity = (row: Record<string, unknown>): string =>
  JSON.stringify([row["model"], row["ts"], row["feature"], row["importance"]].map(String));

/** A row as the stream must have it; none where it cannot pass. */
function passing(row: Record<string, unknown>): readonly Record<string, unknown>[] {
  const { model, feature, ts } = row;
  if (ts === null) return [];
  const names = { model: readAs(model, oddModels), feature: readAs(feature, oddFeatures) };
  if (names.model === undefined || names.feature === undefined) return [];
  const importance = row["importance"] ?? Number.NaN;
  return [{ ...row, ...names, importance }];
}

function readAs(name: unknown, odd: typeof oddModels): string | undefined {
  if (typeof name !== "string") return undefined;
  const known = odd.find(({ written }) => written === name);
  return known === undefined ? name : known.read;
}

export async function judgeStream(
  sourceUrl: string,
  recorded: readonly Recorded[],
): Promise<StreamVerdict> {
  const committed = (await sql(sourceUrl, committedSql)).flatMap(passing).map(identity);
  const seen = new Map<string, number>();
  for (const row of kept(recorded)) {
    const key = identity({ ...row });
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const lost = committed.filter((key) => !seen.has(key));
  const known = new Set(committed);
  const twice = [...seen].filter(([key, times]) => times > 1 || !known.has(key));
  return {
    rows: committed.length,
    lost: lost.length,
    duplicated: twice.length,
    wrong: [
      ...lost.slice(0, 5).map((key) => `lost: ${key}`),
      ...twice.slice(0, 5).map(([key, times]) => `${times} times: ${key}`),
    ],
  };
}

/** What is above the last position of its model and level; the rest was sent before. */
function kept(recorded: readonly Recorded[]): readonly StreamRow[] {
  const last = new Map<string, StreamRow>();
  return recorded.flatMap(rowsOf).filter((row) => {
    const place = `${row.model} ${row.level}`;
    const before = last.get(place);
    if (before !== undefined && !isAbove(row, before)) return false;
    last.set(place, row);
    return true;
  });
}

function isAbove(row: StreamRow, before: StreamRow): boolean {
  if (row.window !== before.window) return row.window > before.window;
  if (row.ts !== before.ts) return row.ts > before.ts;
  return row.tid > before.tid;
}
