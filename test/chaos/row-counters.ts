/** Checks the daemons' counters of rows: how many were read, and what became of them. */
import { sql } from "../programs/postgres.ts";

export interface RowCounts {
  readonly inTable: number;
  readonly read: number;
  readonly became: Readonly<Record<string, number>>;
}

interface Counted {
  readonly daemons: readonly { readonly url: string | undefined }[];
  readonly sourceUrl: string;
}

/** @returns what is wrong with the counters once everything is applied, a line each */
export async function wrongCounters(place: Counted): Promise<readonly string[]> {
  const { inTable, read, became } = await countRows(place);
  const sum = total(became);
  if (read === inTable && sum === inTable) return [];
  const outcomes = JSON.stringify(became);
  return [`of ${inTable} rows ${read} were counted as read, ${sum} by outcome: ${outcomes}`];
}

export async function countRows({ daemons, sourceUrl }: Counted): Promise<RowCounts> {
  const [row] = await sql(sourceUrl, "SELECT count(*)::int AS rows FROM explainability_metrics");
  const pages = await Promise.all(daemons.map(({ url }) => metricsOf(url)));
  const became = counted(pages, "driftwarden_detection_rows_total");
  const read = total(counted(pages, "driftwarden_source_rows_total"));
  return { inTable: Number(row?.["rows"]), read, became };
}

async function metricsOf(url: string | undefined): Promise<string> {
  if (url === undefined) return "";
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(60_000) });
  return await response.text();
}

/** Of all daemons together, by outcome. */
function counted(pages: readonly string[], name: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of pages.join("\n").split("\n")) {
    if (!line.startsWith(`${name}{source="main"`)) continue;
    const outcome = /outcome="(\w+)"/.exec(line)?.[1] ?? "all";
    counts[outcome] = (counts[outcome] ?? 0) + Number(line.split(" ").at(-1));
  }
  return counts;
}

export const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
