/** Compares this machine's clock with that of a source's database, for `driftwarden doctor`. It reads no row. */
import { clockFinding } from "../clock-difference.ts";
import { type CheckFinding, failed } from "../finding.ts";
import { connect } from "./connection.ts";
import { toSourceError } from "./errors.ts";
import type { SourceOptions } from "./options.ts";
import { sourceTime } from "./sql/source-time.ts";

const longestMs = 8_000;

/** Never throws: a failure becomes a finding. */
export async function lookAtSourceClock({
  name,
  connection,
}: Pick<SourceOptions, "name" | "connection">): Promise<readonly CheckFinding[]> {
  const statementTimeoutMs = Math.min(connection.statementTimeoutMs, longestMs);
  const connectTimeoutMs = Math.min(connection.connectTimeoutMs, longestMs);
  try {
    const client = await connect({ ...connection, statementTimeoutMs, connectTimeoutMs });
    try {
      const askedMs = Date.now();
      const { rows } = await client.query<{ nowMs: number }>(sourceTime);
      const theirsMs = rows[0]?.nowMs ?? Number.NaN;
      const reading = { askedMs, answeredMs: Date.now(), theirsMs };
      const ask = "the source's database administrator";
      return [clockFinding(reading, { whose: "the source's", ask })];
    } finally {
      await client.end();
    }
  } catch (error) {
    return [failed("clock", toSourceError(error, "asking for the time"), `sources.${name}`)];
  }
}
