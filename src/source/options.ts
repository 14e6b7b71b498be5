/** The options of the poller of one source. Imports nothing of `src/config/`. */
import type { ShapeColumns } from "./shapes/shape-of.ts";
import type { TimeUnit } from "./time-units.ts";

export interface SourceConnection {
  /** `postgres://user@host:port/database?sslmode=…`. The password may be given as `password` instead. */
  readonly url: string;
  readonly password?: string;
  readonly connectTimeoutMs: number;
  /** Deadline of one statement. Slow levels, history and sources read by time have twenty times this deadline. */
  readonly statementTimeoutMs: number;
}

/** Which columns are read. The columns of the importances say the shape. */
export type SourceColumns = ShapeColumns & {
  readonly timestamp: string;
  /**
   * The column that names the model, or several that name it together. If left out, the source has one model,
   * `modelName`.
   */
  readonly model?: string | readonly string[] | undefined;
};

export interface SourceOptions {
  /** The key below `sources:`. */
  readonly name: string;
  readonly tenant: string;
  readonly environment: string;
  readonly connection: SourceConnection;
  /** `table` or `schema.table`, quoted as in SQL where it needs to be. */
  readonly table: string;
  readonly columns: SourceColumns;
  /** The pattern of names with a version in that column, such as `{name}-v{version}`. All versions are one model. */
  readonly versionedNames?: string;
  /** Name of the one model of a source without a model column. */
  readonly modelName: string;
  /** Zone of a `timestamp` or `date` column; `timestamptz` needs none. */
  readonly timeZone: string;
  /** Unit of a time column of numbers; other columns need none. */
  readonly timeUnit?: TimeUnit | undefined;
  /** Width of the windows over which detection averages predictions. If left out, nothing is averaged. */
  readonly predictionWindowMs?: number | undefined;
  readonly pollIntervalMs: number;
  /** Most rows in memory at a time. */
  readonly pageRows: number;
  /** How much of the past is sent at the first start. With 0 rows or 0 ms nothing is sent. */
  readonly history: { readonly ms: number; readonly maxRows: number };
  /** How far back level 0 and level 1 look, milliseconds; level 2 has no bound. */
  readonly lookbackMs: readonly [fast: number, middle: number];
  /**
   * How long after its timestamp a row of a view, foreign or partitioned table may commit. Every poll reads this much
   * time again.
   */
  readonly overlapMs: number;
  /** If the stream has not answered for this time, the source's transaction is ended. */
  readonly streamDeadlineMs: number;
  /** A warning is logged when the watermark is further behind than this and than three poll intervals. */
  readonly horizonWarnMs: number;
  /** A time without polls counts as a gap only if it is longer than this, however short the poll interval is. */
  readonly leastGapMs: number;
}

/** Defaults for OpenClaw's table. The name and the connection must be added. */
export const defaultSourceOptions = {
  tenant: "default",
  environment: "default",
  table: "explainability_metrics",
  columns: { timestamp: "timestamp", feature: "feature_name", importance: "importance" },
  modelName: "default",
  timeZone: "UTC",
  pollIntervalMs: 30_000,
  pageRows: 5_000,
  history: { ms: 30 * 86_400_000, maxRows: 1_000_000 },
  lookbackMs: [5 * 60_000, 86_400_000],
  overlapMs: 5 * 60_000,
  streamDeadlineMs: 10_000,
  horizonWarnMs: 60_000,
  leastGapMs: 1000,
} as const satisfies Omit<SourceOptions, "name" | "connection">;

/** Deadline of a statement that reads much of the table: slow levels, history, sources read by time. */
export const slowTimeoutMs = ({ statementTimeoutMs }: SourceConnection): number =>
  20 * statementTimeoutMs;

/** Five seconds to connect, thirty for a statement. */
export const defaultConnection = { connectTimeoutMs: 5_000, statementTimeoutMs: 30_000 } as const;
