/** The recorded stream: every record that was ever in it, and what its rows say. Decodes by itself. */
import { Kafka, logLevel } from "kafkajs";
import { sql } from "../programs/postgres.ts";

export interface Recorded {
  readonly partition: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * Keeps a copy of everything that is appended to the log, since the log itself is trimmed. Give it a store whose
 * tables are there.
 */
export async function recordLog(storeUrl: string): Promise<void> {
  await sql(
    storeUrl,
    `CREATE SCHEMA IF NOT EXISTS chaos;
     CREATE TABLE chaos.recorded (partition int, "offset" bigint, bytes bytea);
     CREATE FUNCTION chaos.record() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO chaos.recorded VALUES (new.partition, new."offset", new.bytes); RETURN NULL; END $$;
     CREATE TRIGGER record AFTER INSERT ON driftwarden.log_records
       FOR EACH ROW EXECUTE FUNCTION chaos.record()`,
  );
}

/** Writes down every state that is saved over a newer one: only somebody whose claim is over would do that. */
export async function watchStates(storeUrl: string): Promise<void> {
  await sql(
    storeUrl,
    `CREATE SCHEMA IF NOT EXISTS chaos;
     CREATE TABLE chaos.gone_back (model text, newer bigint, older bigint);
     CREATE FUNCTION chaos.gone_back() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO chaos.gone_back VALUES (new.model, old.applied_through, new.applied_through); RETURN NULL; END $$;
     CREATE TRIGGER gone_back AFTER UPDATE ON driftwarden.states FOR EACH ROW
       WHEN (new.applied_through < old.applied_through) EXECUTE FUNCTION chaos.gone_back()`,
  );
}

/** @returns what {@link watchStates} has seen, a line each */
export async function statesGoneBack(storeUrl: string): Promise<readonly string[]> {
  const rows = await sql(storeUrl, "SELECT * FROM chaos.gone_back");
  return rows.map(
    (row) => `the state of ${String(row["model"])} went back: ${JSON.stringify(row)}`,
  );
}

/** Writes down when each decision about a run was stored, by the store's own clock. */
export async function watchDecisions(storeUrl: string): Promise<void> {
  await sql(
    storeUrl,
    `CREATE SCHEMA IF NOT EXISTS chaos;
     CREATE TABLE chaos.decided (run text, n int, at_ms double precision);
     CREATE FUNCTION chaos.decided() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO chaos.decided VALUES (new.run, new.n, extract(epoch FROM clock_timestamp()) * 1000); RETURN NULL; END $$;
     CREATE TRIGGER decided AFTER INSERT ON driftwarden.run_decisions
       FOR EACH ROW EXECUTE FUNCTION chaos.decided()`,
  );
}

const decidedSql = `SELECT c.run, c.at_ms, d.status, d.proposal ->> 'id' AS asked,
  d.proposal -> 'act' ->> 'id' AS target, d.proposal -> 'act' -> 'snapshot' ->> 'started_at' AS started
FROM chaos.decided c JOIN driftwarden.run_decisions d USING (run, n) ORDER BY c.run, n`;

/** A decision about a run, and what people were asked by it. */
export interface Decided {
  readonly run: string;
  readonly status: string;
  readonly atMs: number;
  /** Letters of the proposal; undefined where people were not asked. */
  readonly asked: string | undefined;
  /** Its target, and since when that was up. */
  readonly target: string;
  readonly started: string;
}

/** @returns what {@link watchDecisions} has seen, in the order of each run */
export async function decisionsAboutRuns(storeUrl: string): Promise<readonly Decided[]> {
  const rows = await sql(storeUrl, decidedSql);
  return rows.map((row) => ({
    run: String(row["run"]),
    status: String(row["status"]),
    atMs: Number(row["at_ms"]),
    asked: typeof row["asked"] === "string" ? row["asked"] : undefined,
    target: String(row["target"]),
    started: String(row["started"]),
  }));
}

export async function readLog(storeUrl: string): Promise<readonly Recorded[]> {
  const rows = await sql(
    storeUrl,
    `SELECT partition, "offset", encode(bytes, 'base64') AS bytes FROM chaos.recorded ORDER BY partition, "offset"`,
  );
  return rows.map(({ partition, offset, bytes }) => ({
    partition: Number(partition),
    offset: Number(offset),
    bytes: Buffer.from(String(bytes), "base64"),
  }));
}

/** The topic from its beginning to where it ends now, without what others wrote. */
export async function readTopic(
  brokers: readonly string[],
  { topic, streamId }: { readonly topic: string; readonly streamId: string },
): Promise<Recorded[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(
    ends.filter(({ high }) => Number(high) > 0).map((end) => [end.partition, Number(end.high)]),
  );
  const recorded: Recorded[] = [];
  const consumer = kafka.consumer({ groupId: `chaos-${crypto.randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const take = async (partition: number, { offset, bytes, isOurs }: Taken): Promise<void> => {
      if (isOurs && missing.has(partition)) recorded.push({ partition, offset, bytes });
      if (offset + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition);
      if (missing.size === 0) resolve();
    };
    consumer
      .run({
        eachMessage: ({ partition, message: { offset, value, headers } }) =>
          take(partition, {
            offset: Number(offset),
            bytes: value ?? Buffer.alloc(0),
            isOurs: String(headers?.["stream"]) === streamId,
          }),
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return recorded.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
}

interface Taken extends Omit<Recorded, "partition"> {
  readonly isOurs: boolean;
}

export interface StreamRow {
  readonly model: string;
  readonly level: number;
  readonly window: number;
  readonly ts: number;
  readonly feature: string;
  readonly importance: number;
  readonly tid: number;
}

/** An announcement that what follows is the new normal. */
export interface Marker {
  readonly id: string;
  readonly model: string;
}

/** The announcements among records; one that was appended twice is there twice. */
export function markersIn(recorded: readonly Recorded[]): readonly Marker[] {
  return recorded.flatMap(({ bytes }) => {
    const fields: unknown = JSON.parse(bytes.toString("utf8"));
    const [, kind, id, model]: unknown[] = Array.isArray(fields) ? fields : [];
    return kind === "marker" ? [{ id: String(id), model: String(model) }] : [];
  });
}

const historyLevel = -1;

/** The rows of a record, if it carries rows: `[version, kind, …]`, see the stream's codec. */
export function rowsOf({ bytes }: Recorded): readonly StreamRow[] {
  const fields: unknown = JSON.parse(bytes.toString("utf8"));
  if (!Array.isArray(fields)) throw new Error("a record is no array");
  const [, kind, key, , third, fourth, fifth]: unknown[] = fields;
  const rows = kind === "rows" ? fifth : kind === "history" ? fourth : [];
  if (!Array.isArray(rows)) throw new Error(`a ${String(kind)} record has no rows`);
  const name = String(key).split("/").at(-1) ?? "";
  const model = name.replaceAll("%2F", "/").replaceAll("%25", "%");
  const level = kind === "rows" ? Number(third) : historyLevel;
  const window = kind === "rows" ? Number(fourth) : 0;
  return rows.map(([ts, feature, importance, tid]: unknown[]) => ({
    model,
    level,
    window,
    ts: Number(ts),
    feature: String(feature),
    importance: Number(importance),
    tid: Number(tid),
  }));
}
