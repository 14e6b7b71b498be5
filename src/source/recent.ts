/** Reads the newest rows of one model once, for a picture. It uses one bounded SELECT with a deadline. */
import { familyPattern, likeVersions } from "../model-family.ts";
import type { Row } from "../stream/record.ts";
import { connect } from "./connection.ts";
import { toSourceError } from "./errors.ts";
import type { SourceOptions } from "./options.ts";
import { noPlace } from "./past.ts";
import { probe } from "./probe.ts";
import { parseRow, type RawRow } from "./rows.ts";
import { recentRows } from "./sql/recent.ts";

export interface Recent {
  /** Name of the model in the source. */
  readonly model: string;
  /** Rows later than `fromMs` and not later than `untilMs`, ms since 1970. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Most rows to read. The newest ones are read. */
  readonly maxRows: number;
  /** Deadline of connecting and of each statement. The source's own deadline applies if it is shorter. */
  readonly timeoutMs: number;
}

/** @throws SourceError with the code of the fault */
export async function readRecent(
  options: SourceOptions,
  { model, fromMs, untilMs, maxRows, timeoutMs }: Recent,
): Promise<readonly Row[]> {
  const { connection } = options;
  const patience = Math.min(connection.statementTimeoutMs, timeoutMs);
  const connectTimeoutMs = Math.min(connection.connectTimeoutMs, timeoutMs);
  const client = await connect({ ...connection, statementTimeoutMs: patience, connectTimeoutMs });
  try {
    const layout = await probe(client, options);
    await client.begin(patience);
    const bounds = [fromMs, untilMs].map((ms) => new Date(ms).toISOString());
    const query = { text: recentRows(layout, noPlace), rowMode: "array" as const };
    const { versionedNames } = options;
    const versions =
      versionedNames === undefined
        ? [null, null]
        : [likeVersions(versionedNames, model), familyPattern(versionedNames)];
    const { rows } = await client.query<RawRow>(query, [
      ...bounds,
      layout.shape.pageRows(maxRows),
      model,
      ...versions,
    ]);
    return rows.flatMap((raw) => {
      const parsed = parseRow(raw, layout.shape);
      return parsed.flatMap((one) => (typeof one === "string" ? [] : [one.row]));
    });
  } catch (error) {
    throw toSourceError(error, `reading the newest rows of ${options.table}`);
  } finally {
    await client.end();
  }
}
