/** Doubts about the table of a candidate, its rights and its server. Pure. */
import { grouped } from "../../plural.ts";
import { printable } from "../../printable.ts";
import { relationKinds } from "../layout.ts";
import { upsertOf } from "./candidate.ts";
import { type Doubt, type Doubted, shown } from "./doubt.ts";
import { sqlIdentifier, sqlName } from "./settings.ts";

export function index({ candidate }: Doubted): Doubt | undefined {
  const { facts, time } = candidate;
  if (time.isIndexed || facts.kind === "v" || facts.kind === "f" || (facts.rows ?? 0) < 5000)
    return undefined;
  // Postgres builds no index of a partitioned table concurrently.
  const how = facts.kind === "p" ? "CREATE INDEX ON" : "CREATE INDEX CONCURRENTLY ON";
  return {
    message: `No index begins with ${shown(time.name)}: every poll reads the whole table, about ${grouped(facts.rows ?? 0)} rows.`,
    sql: `${how} ${sqlName(facts)} (${sqlIdentifier(time.name)});`,
    key: "table",
  };
}

export function byTime({ candidate: { facts } }: Doubted): Doubt | undefined {
  if (facts.kind === "r" && !facts.hasChildren) return undefined;
  const kind = facts.kind === "r" ? "a table with child tables" : relationKinds[facts.kind];
  const code = facts.kind === "v" ? " It runs code of its owner at each poll." : "";
  return {
    message: `It is ${kind}, and is read by time: every poll reads the last 5 minutes again, detection runs 5 minutes behind, and a row that commits later than that is missed.${code}`,
    key: "table",
  };
}

export function overwritten({ candidate }: Doubted): Doubt | undefined {
  const upsert = upsertOf(candidate);
  if (upsert === undefined) return undefined;
  const { inserted = 0, updated = 0 } = candidate.facts.writes ?? {};
  const why =
    upsert === "key"
      ? "A unique index admits one row of each model and feature, so rows are overwritten."
      : `${grouped(updated)} rows were updated and ${grouped(inserted)} inserted, so rows are overwritten.`;
  return {
    message: `${why} The past is lost: there is no warm start, replay finds nothing, and what is overwritten between two polls is never seen. Let the exporter add rows to a table of history, and name that one.`,
    key: "table",
  };
}

export function notSampled({ candidate: { facts, read } }: Doubted): Doubt | undefined {
  const proposed = "It is proposed by the names and types of its columns alone.";
  if (facts.refused !== undefined) return { message: `${printable(facts.refused)}. ${proposed}` };
  if (facts.sample === undefined) return { message: `None of its rows was read. ${proposed}` };
  return read.length === 0
    ? { message: `It holds no row that can be read. ${proposed}` }
    : undefined;
}

export function rights({ candidate: { facts }, reader }: Doubted): Doubt | undefined {
  if (!facts.mayWrite) return undefined;
  return {
    message: `${shown(reader.role)} may change the table. Driftwarden only reads: a role with SELECT alone is safer.`,
  };
}

export function standby({ reader }: Doubted): Doubt | undefined {
  if (!reader.isStandby) return undefined;
  return {
    message: `The server is a standby. Transactions that are open on its primary cannot be seen, so their rows may count as late.`,
  };
}
