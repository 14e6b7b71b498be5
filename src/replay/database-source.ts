/** The past of one table or view as the rows of a replay. */

import { familyOf } from "../model-family.ts";
import { counted } from "../plural.ts";
import type { SourceOptions } from "../source/options.ts";
import { noPlace, type PastSize, readPast } from "../source/past.ts";
import type { RawRow } from "../source/rows.ts";
import { badImportance } from "./bad-row.ts";
import { MeltWatch, meltedSentence } from "./melted.ts";
import { grouped, sayNowAndThen } from "./progress.ts";
import { Collected, type RowListener, type RowSource, type RowsRead } from "./row-source.ts";

/** Time that is read before the requested time, ms. Models learn in it. */
const learnMs = 7 * 86_400_000;
/** With this many rows or more, a line explains why the reading takes long. */
const manyRows = 500_000;
/** A text column with more values than this does not name the model. */
const mostModels = 200;

export interface DatabaseReading {
  /** Length of the requested past, ms; undefined: all of it. */
  readonly lastMs: number | undefined;
  /** Receives what people should know. */
  readonly say: (line: string) => void;
}

export function databaseSource(options: SourceOptions, reading: DatabaseReading): RowSource {
  return {
    read: (take) => readTable(options, reading, take),
    familyOf: familyOf(options.versionedNames),
  };
}

async function readTable(
  options: SourceOptions,
  { lastMs = Infinity, say }: DatabaseReading,
  take: RowListener,
): Promise<RowsRead> {
  const { name: source, table, columns } = options;
  const collected = new Collected();
  const { leftOut, models, features } = collected;
  const melted = new MeltWatch();
  const saying = sayNowAndThen(say);
  let taken = 0;
  const { rows, cleaned, clock, texts } = await readPast(options, {
    ms: lastMs + learnMs,
    found: (size) => {
      for (const line of sizeSentences(options, size)) say(line);
    },
    leaveOut: (reason, raw) => leftOut.add(reason, () => `${table}: a row with ${shown(raw)}`),
    take: (key, { ts, importance, feature, tid, place }, raw) => {
      const holdsSeveral = place !== undefined;
      const unread = holdsSeveral ? undefined : unreadable(raw, importance);
      if (unread !== undefined) return leftOut.add(unread.reason, () => `${table}: ${unread.seen}`);
      if (!Number.isFinite(ts))
        return leftOut.add(
          "non_finite_time",
          () => `${table}: a row at ${ts < 0 ? "-" : ""}infinity`,
        );
      if (columns.model === undefined) melted.add(ts, feature);
      const [model, named] = [models.numberOf(key), features.numberOf(feature)];
      // Rows of a view have no physical place, and importances of one row share theirs. They keep the order of reading.
      const order = raw[3] === noPlace || holdsSeveral ? taken : tid;
      collected.add({ ts, importance, model, feature: named, file: 0, tid: order });
      taken++;
      if (taken % 10_000 === 0) saying(() => `read ${grouped(taken)} rows of ${table}`);
    },
  });
  say(`read ${counted(rows, "row")} of ${table}`);
  if (melted.isMelted) say(`${table}: ${meltedSentence(texts.filter(isNaming))}`);
  collected.handOn({ nowUs: clock, say }, () => source, take);
  return { rows, cleaned, leftOut };
}

const isNaming = ({ values }: { readonly values: number }): boolean =>
  values > 1 && values <= mostModels;

/** Text that is no number. The daemon counts it as a bad value. Here it is reported, since the column may be wrong. */
function unreadable([, , text]: RawRow, importance: number) {
  if (!Number.isNaN(importance) || text === null || /^\s*([+-]?nan)?\s*$/i.test(text))
    return undefined;
  return badImportance(text);
}

const shown = ([, feature, importance, , model]: RawRow): string =>
  Object.entries({ feature, importance, model })
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name} ${value === null ? "NULL" : JSON.stringify(value)}`)
    .join(", ");

function* sizeSentences(
  { table, columns }: SourceOptions,
  { rows, indexed }: PastSize,
): Generator<string> {
  if (rows === undefined || rows < manyRows) return;
  yield `reading about ${grouped(Math.round(rows))} rows of ${table}`;
  if (!indexed)
    yield `no index begins with ${columns.timestamp}, so Postgres reads the whole table. CREATE INDEX CONCURRENTLY ON ${table} ("${columns.timestamp}") makes --last and the daemon's polls fast`;
}
