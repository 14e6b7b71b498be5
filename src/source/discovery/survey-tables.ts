/** Looks for tables that may be sources: reads the catalogue, then a bounded sample of the best ones. */
import type { SourceClient } from "../client.ts";
import { connect } from "../connection.ts";
import { tableMissing, toSourceError } from "../errors.ts";
import type { SourceConnection } from "../options.ts";
import { nameParts, reader as readerQuery } from "../sql/catalogue.ts";
import { candidateOf, leastScore, type TableCandidate } from "./candidate.ts";
import { readCatalogue } from "./catalogue.ts";
import { columnViews, type TableFacts } from "./facts.ts";
import { sampleOf } from "./sampling.ts";
import { timeColumn } from "./time-column.ts";

/** The role that reads, and its server. */
export interface SourceReader {
  readonly role: string;
  readonly database: string;
  /** Time zone of the server's sessions. */
  readonly timeZone: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly isStandby: boolean;
}

export interface SurveyedTables {
  readonly reader: SourceReader;
  /** How many tables and views there are. */
  readonly seen: number;
  readonly sampled: number;
  /** Tables that can be read as a source, the best first. */
  readonly candidates: readonly TableCandidate[];
  /** Tables that were looked at and are no candidates, the nearest first. */
  readonly others: readonly TableFacts[];
}

/** At most this many tables are sampled. */
const mostSampled = 8;
const catalogueMs = 15_000;
const sampleMs = 5_000;
/** After this time no further table is sampled. */
const samplingMs = 20_000;

/**
 * Reads nothing of views, foreign tables and tables with row security, because that runs code of their owners, or asks
 * other servers.
 *
 * @param table the only table to look at, named as in SQL; it is read even if that runs code of its owner
 * @throws SourceError with the code of the fault
 */
export async function surveyTables(
  connection: SourceConnection,
  table?: string,
): Promise<SurveyedTables> {
  const statementTimeoutMs = Math.min(connection.statementTimeoutMs, catalogueMs);
  const client = await connect({ ...connection, statementTimeoutMs });
  try {
    const reader = await readerOf(client, statementTimeoutMs);
    const parts = table === undefined ? undefined : await partsOf(client, table);
    const { seen, tables } = await readCatalogue(client, statementTimeoutMs, parts);
    if (table !== undefined && tables.length === 0) throw tableMissing(table);
    const looked = await sampled(client, tables, { isNamed: table !== undefined });
    return { reader, seen, ...judged(looked, table === undefined ? leastScore : 0) };
  } catch (error) {
    throw toSourceError(error, "looking for tables of importances");
  } finally {
    await client.end();
  }
}

async function readerOf(client: SourceClient, deadlineMs: number): Promise<SourceReader> {
  await client.begin(deadlineMs);
  const { rows } = await client.query<SourceReader & Record<string, unknown>>(readerQuery);
  await client.finish();
  const [found] = rows;
  if (found === undefined) throw new Error("Postgres answered no row");
  return found;
}

async function partsOf(client: SourceClient, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly parts: readonly string[] }>(nameParts, [table]);
  return rows[0]?.parts ?? [];
}

/** Samples the tables that fit best by their columns. One that cannot be sampled stays without a sample. */
async function sampled(
  client: SourceClient,
  tables: readonly TableFacts[],
  { isNamed }: { readonly isNamed: boolean },
): Promise<readonly TableFacts[]> {
  const order = tables
    .filter(({ readable, runsCode }) => readable && (isNamed || !runsCode))
    .filter((facts) => timeColumn(facts, columnViews(facts)) !== undefined)
    // A table whose names of columns say nothing is sampled too: its rows may show importances.
    .map((facts) => ({ facts, score: candidateOf(facts)?.score ?? 0 }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, mostSampled);
  const until = performance.now() + samplingMs;
  const found = new Map<string, TableFacts>();
  for (const { facts } of order) {
    if (performance.now() > until) break;
    try {
      found.set(facts.oid, { ...facts, sample: await sampleOf(client, facts, sampleMs) });
    } catch (error) {
      const refused = toSourceError(error, `reading ${facts.schema}.${facts.table}`);
      if (isNamed || refused.code === "DW_SOURCE_UNREACHABLE") throw refused;
      found.set(facts.oid, { ...facts, refused: refused.message });
    }
  }
  return tables.map((facts) => found.get(facts.oid) ?? facts);
}

function judged(
  tables: readonly TableFacts[],
  least: number,
): Pick<SurveyedTables, "sampled" | "candidates" | "others"> {
  const rated = tables.map((facts) => ({ facts, candidate: candidateOf(facts) }));
  const candidates = rated
    .flatMap(({ candidate }) => candidate ?? [])
    .filter(({ score }) => score >= least)
    .toSorted((a, b) => b.score - a.score);
  const chosen = new Set(candidates.map(({ facts }) => facts.oid));
  const others = rated
    .filter(({ facts }) => !chosen.has(facts.oid))
    .toSorted((a, b) => (b.candidate?.score ?? 0) - (a.candidate?.score ?? 0))
    .map(({ facts }) => facts);
  const sampledTables = tables.filter(({ sample }) => sample !== undefined).length;
  return { sampled: sampledTables, candidates, others };
}
