/** The rows of CSV files: all files as one table sorted by time, or each file in its own order. */
import { basename } from "node:path";
import { type FamilyOf, familyOf } from "../model-family.ts";
import type { ModelKey } from "../model-key.ts";
import { type FileFormat, keyOfFileModel, readImportances } from "./files.ts";
import { LeftOut } from "./left-out.ts";
import { grouped, sayNowAndThen } from "./progress.ts";
import { Collected, type RowListener, type RowSource, type RowsRead } from "./row-source.ts";
import { fileName } from "./text-file.ts";

export interface CsvSourceOptions extends FileFormat {
  /** Whether rows keep the order of the files. Default: they are sorted by time. */
  readonly asRead?: boolean | undefined;
  /** Place of the first file among all files, since two files may have the same name. Default 0 */
  readonly place?: number | undefined;
  /** The pattern by which names of models contain a version. */
  readonly versionedNames?: string | undefined;
  /** Receives what people should know. */
  readonly say?: (line: string) => void;
  /** Our clock, ms since 1970. Default: now */
  readonly nowMs?: number;
}

/** @returns one source for all files; with `asRead` one for each */
export function csvSources(
  files: readonly string[],
  options: CsvSourceOptions = {},
): readonly RowSource[] {
  const families = familyOf(options.versionedNames);
  const given = { ...options, familyOf: families };
  if (options.asRead !== true)
    return [{ read: (take) => readSorted(files, given, take), familyOf: families }];
  const { place = 0 } = options;
  return files.map((file, i) => ({
    read: (take) => readInPlace(file, { ...given, place: place + i }, take),
    familyOf: families,
  }));
}

interface Reading extends CsvSourceOptions {
  readonly familyOf: FamilyOf;
}

const silent = (): void => undefined;

async function readInPlace(file: string, options: Reading, take: RowListener): Promise<RowsRead> {
  const leftOut = new LeftOut();
  const keys = new Map<string, ModelKey>();
  const source = sourceName([file], 0, options);
  let tid = 0;
  const { rows, cleaned } = await readImportances(file, options, {
    leftOut,
    say: options.say ?? silent,
    take: ({ model, ...row }) => {
      const key = keys.get(model) ?? keyOfFileModel(options.familyOf(model));
      keys.set(model, key);
      take(source, key, { ...row, tid: tid++ });
    },
  });
  return { rows, cleaned, leftOut };
}

async function readSorted(
  files: readonly string[],
  options: Reading,
  take: RowListener,
): Promise<RowsRead> {
  const { say = silent, nowMs = Date.now() } = options;
  const collected = new Collected();
  const together = new Together();
  const saying = sayNowAndThen(say);
  const keyNumbers = new Map<string, number>();
  let tid = 0;
  let [rows, cleaned] = [0, 0];
  for (const [place, file] of files.entries()) {
    const read = await readImportances(file, options, {
      leftOut: collected.leftOut,
      say,
      take: ({ ts, model: name, feature, importance }) => {
        const known = keyNumbers.get(name);
        const model = known ?? collected.models.numberOf(keyOfFileModel(options.familyOf(name)));
        if (known === undefined) keyNumbers.set(name, model);
        together.add(model, place);
        collected.add({
          ts,
          importance,
          model,
          feature: collected.features.numberOf(feature),
          file: place,
          tid: tid++,
        });
        if (tid % 10_000 === 0) saying(() => `read ${grouped(tid)} rows, now of ${fileName(file)}`);
      },
    });
    rows += read.rows;
    cleaned += read.cleaned;
  }
  const names = files.map((_, place) => sourceName(files, together.firstOf(place), options));
  collected.handOn({ nowUs: nowMs * 1000, say }, (file) => names[file] ?? "", take);
  return { rows, cleaned, leftOut: collected.leftOut };
}

const sourceName = (
  files: readonly string[],
  at: number,
  { place = 0 }: CsvSourceOptions,
): string => `${basename(files[at] ?? "")}#${place + at}`;

/**
 * Which files are parts of one table: those that share a model. A model without rows in a later part of its table counts
 * as silent. A file that belongs to another table makes no model silent.
 */
class Together {
  readonly #fileOfModel: number[] = [];
  readonly #parents: number[] = [];

  add(model: number, file: number): void {
    const known = this.#fileOfModel[model];
    if (known === file) return;
    this.#fileOfModel[model] = file;
    if (known === undefined) return;
    const [a, b] = [this.firstOf(known), this.firstOf(file)];
    this.#parents[Math.max(a, b)] = Math.min(a, b);
  }

  firstOf(file: number): number {
    const parent = this.#parents[file] ?? file;
    return parent === file ? file : this.firstOf(parent);
  }
}
