/** OpenClaw's table at an address, for commands without a configuration. */
import type { SourceColumn } from "../source/layout.ts";
import { defaultConnection, defaultSourceOptions, type SourceOptions } from "../source/options.ts";
import { probeSource } from "../source/probe.ts";
import type { ShapeColumns } from "../source/shapes/shape-of.ts";
import { TimeUnitMissing } from "../source/time-column.ts";
import type { TimeUnit } from "../source/time-units.ts";
import type { GivenColumns } from "./columns.ts";

/** Columns that name the model, unless a person names another one. */
const modelColumns = ["model", "model_name", "model_id"];

/** What a person has said of the table. */
export interface NamedTable {
  readonly table?: string | undefined;
  readonly columns?: GivenColumns | undefined;
}

/**
 * Looks up whether the table has a column for the model, and the unit of a time column of numbers.
 *
 * @param say receives a line with what was found
 * @throws SourceError
 */
export async function openClawAt(
  url: string,
  { table, columns = {} }: NamedTable,
  say: (line: string) => void,
): Promise<SourceOptions> {
  const { names = {}, modelParts } = columns;
  const named = modelParts ?? names.model;
  const plain: SourceOptions = {
    ...defaultSourceOptions,
    name: "main",
    connection: { ...defaultConnection, url },
    ...(table !== undefined && { table }),
    columns: {
      timestamp: names.timestamp ?? defaultSourceOptions.columns.timestamp,
      ...(named !== undefined && { model: named }),
      ...shapeColumns(columns),
    },
  };
  const { available, timeUnit } = await probed(plain);
  if (timeUnit !== undefined)
    say(`the column ${plain.columns.timestamp} counts ${timeUnit} since 1970`);
  const read = { ...plain, timeUnit };
  if (named !== undefined) return read;
  const model = modelColumns.find((name) => available.some((column) => column.name === name));
  if (model === undefined) return read;
  say(`the column ${model} names the model`);
  return { ...read, columns: { ...read.columns, model } };
}

interface Probed {
  readonly available: readonly SourceColumn[];
  readonly timeUnit: TimeUnit | undefined;
}

/** A time column of numbers is read in the unit that fits its values. */
async function probed(options: SourceOptions, timeUnit?: TimeUnit): Promise<Probed> {
  try {
    return { ...(await probeSource({ ...options, timeUnit })), timeUnit };
  } catch (error) {
    if (!(error instanceof TimeUnitMissing) || error.unit === undefined) throw error;
    return await probed(options, error.unit);
  }
}

function shapeColumns({ names = {}, features, values }: GivenColumns): ShapeColumns {
  if (features !== undefined) return { features };
  if (values !== undefined) return { values };
  return {
    feature: names.feature ?? defaultSourceOptions.columns.feature,
    importance: names.importance ?? defaultSourceOptions.columns.importance,
  };
}
