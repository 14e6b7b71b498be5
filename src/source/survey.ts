/**
 * Checks a source for `check` and the daemon's probes: whether it is readable, how many values are usable, and what a
 * poll costs.
 */
import { type CheckFinding, failed } from "../finding.ts";
import { familyOf } from "../model-family.ts";
import type { SourceClient } from "./client.ts";
import { connect } from "./connection.ts";
import { toSourceError } from "./errors.ts";
import type { SourceLayout } from "./layout.ts";
import type { SourceOptions } from "./options.ts";
import { probe } from "./probe.ts";
import { shapeFindings } from "./shape-findings.ts";
import { tableName } from "./sql/names.ts";
import { hasTimeIndex, newestRows, pollPrice, writes } from "./sql/survey.ts";
import { timeExample } from "./sql/time-example.ts";
import { surveyFindings } from "./survey-findings.ts";
import { type SampledRow, type SurveyedCells, sampledRows } from "./survey-sample.ts";

export interface SourceSurvey {
  /** At least one finding. */
  readonly findings: readonly CheckFinding[];
  /** Names of the models in the sample; empty when nothing could be read. */
  readonly models: ReadonlySet<string>;
  readonly features: ReadonlySet<string>;
}

/** Number of newest rows in the sample; fewer where a row holds many importances. */
const sampleRows = 5_000;
const sampledPages = 8;
/**
 * Longest deadline of connecting and of a statement. It is shorter than the wait of `check`. A source may have a
 * shorter one.
 */
const longestMs = 8_000;

/** Never throws: every failure becomes a finding. */
export async function surveySource(options: SourceOptions): Promise<SourceSurvey> {
  const key = `sources.${options.name}`;
  const patience = Math.min(options.connection.statementTimeoutMs, longestMs);
  let client: SourceClient | undefined;
  try {
    client = await connect({
      ...options.connection,
      statementTimeoutMs: patience,
      connectTimeoutMs: Math.min(options.connection.connectTimeoutMs, longestMs),
    });
    const layout = await probe(client, options);
    await client.begin(patience);
    return await look(client, layout, options);
  } catch (error) {
    const refused = toSourceError(error, `looking at ${options.table}`);
    return { findings: [failed("reading", refused, key)], models: new Set(), features: new Set() };
  } finally {
    await client?.end();
  }
}

async function look(
  client: SourceClient,
  layout: SourceLayout,
  options: SourceOptions,
): Promise<SourceSurvey> {
  const index = await client.query<{ there: boolean }>(hasTimeIndex(layout));
  const most = Math.min(sampleRows, layout.shape.pageRows(sampleRows) * sampledPages);
  const sample = await client.query<SurveyedCells>(newestRows(layout, most));
  const startedAt = performance.now();
  const [fastMs] = options.lookbackMs;
  await client.query(pollPrice(layout), [
    layout.reading === "overlap" ? options.overlapMs : fastMs,
  ]);
  const pollMs = performance.now() - startedAt;
  const { rows, leftOut } = sampledRows(sample.rows, layout.shape);
  const written = await client.query<{ inserted: number; updated: number }>(writes(layout));
  const shape = { layout, rows, leftOut, key: `sources.${options.name}` };
  const families = familyOf(options.versionedNames);
  const nameOf = ({ model }: SampledRow): string =>
    layout.modelColumns.length > 0 ? families(model ?? "") : options.modelName;
  return {
    findings: [
      ...surveyFindings({
        layout,
        options,
        hasIndex: index.rows[0]?.there === true,
        rows,
        leftOut,
        isWhole: sample.rows.length < most,
        pollMs,
      }),
      ...shapeFindings({
        ...shape,
        timeExample: await exampleTime(client, layout),
        writes: written.rows[0],
      }),
    ],
    models: new Set(rows.map(nameOf)),
    features: new Set(rows.map(({ feature }) => feature ?? "")),
  };
}

/** A value of a time column of numbers; undefined for a column of times. */
async function exampleTime(
  client: SourceClient,
  layout: SourceLayout,
): Promise<number | undefined> {
  if (!("unit" in layout.time)) return undefined;
  const query = timeExample(tableName(layout), layout.columns.timestamp);
  const { rows } = await client.query<{ readonly example: string }>(query);
  return rows[0] === undefined ? undefined : Number(rows[0].example);
}
