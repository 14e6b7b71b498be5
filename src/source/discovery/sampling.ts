/** Reads a bounded sample of a table: the newest rows where they can be found cheaply, and rows from all over it. */
import type { SourceClient } from "../client.ts";
import { drawnPages, lastPages, newestBy, type SampledTable } from "../sql/sample.ts";
import { columnViews, type SampledCells, type TableFacts, type TableSample } from "./facts.ts";
import { timeColumn } from "./time-column.ts";

/** About this many cells are read, so wide tables give fewer rows. */
const mostCells = 120_000;
const [fewestRows, mostRows] = [60, 2000];
/**
 * How many of the last pages of a plain table are read if no index begins with its time, and how many pages are drawn
 * at random.
 */
const [newestPages, spreadPages] = [80, 40];

/** @throws SourceError, or what `pg` throws; the transaction is ended then too, unless the connection is gone */
export async function sampleOf(
  client: SourceClient,
  facts: TableFacts,
  deadlineMs: number,
): Promise<TableSample> {
  await client.begin(deadlineMs);
  try {
    const newest = await rowsOf(client, newestQuery(facts));
    const drawn = facts.pages > newestPages ? drawnQuery(facts) : undefined;
    const spread = drawn === undefined ? [] : await rowsOf(client, drawn);
    return { newest, spread };
  } finally {
    await client.finish();
  }
}

interface SampleQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}

async function rowsOf(
  client: SourceClient,
  { text, values }: SampleQuery,
): Promise<readonly SampledCells[]> {
  const { rows } = await client.query<{ readonly cells: SampledCells }>(text, values);
  return rows.map(({ cells }) => cells);
}

const countOf = ({ columns }: TableFacts): number =>
  Math.max(fewestRows, Math.min(mostRows, Math.floor(mostCells / Math.max(1, columns.length))));

const hasPages = ({ kind }: TableFacts): boolean => kind === "r" || kind === "m" || kind === "p";

function newestQuery(facts: TableFacts): SampleQuery {
  const time = timeColumn(facts, columnViews(facts));
  const count = countOf(facts);
  if (time !== undefined && (time.isIndexed || !hasPages(facts)))
    return { text: newestBy(facts, time.name, count), values: [] };
  const isPlain = facts.kind !== "p" && !facts.hasChildren;
  if (!hasPages(facts) || !isPlain) return drawnQuery(facts);
  // Most tables only grow, so their last pages hold the newest rows.
  const first = Math.max(0, Math.floor(facts.pages) - newestPages);
  return { text: lastPages(facts satisfies SampledTable, count), values: [first] };
}

function drawnQuery(facts: TableFacts): SampleQuery {
  const percent = Math.min(100, (100 * spreadPages) / Math.max(1, facts.pages));
  return { text: drawnPages(facts, countOf(facts)), values: [percent] };
}
