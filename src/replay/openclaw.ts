/** OpenClaw's table at an address, for commands without a configuration. */
import { defaultConnection, defaultSourceOptions, type SourceOptions } from "../source/options.ts";
import { probeSource } from "../source/probe.ts";
import type { ShapeColumns } from "../source/shapes/shape-of.ts";
import type { GivenColumns } from "./columns.ts";

/** Columns that name the model, unless a person names another one. */
const modelColumns = ["model", "model_name", "model_id"];

/** What a person has said of the table. */
export interface NamedTable {
  readonly table?: string | undefined;
  readonly columns?: GivenColumns | undefined;
}

/**
 * Looks up whether the table has a column for the model.
 *
 * @param say receives a line with the column that was found
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
  if (named !== undefined) return plain;
  const { available } = await probeSource(plain);
  const model = modelColumns.find((name) => available.some((column) => column.name === name));
  if (model === undefined) return plain;
  say(`the column ${model} names the model`);
  return { ...plain, columns: { ...plain.columns, model } };
}

function shapeColumns({ names = {}, features, values }: GivenColumns): ShapeColumns {
  if (features !== undefined) return { features };
  if (values !== undefined) return { values };
  return {
    feature: names.feature ?? defaultSourceOptions.columns.feature,
    importance: names.importance ?? defaultSourceOptions.columns.importance,
  };
}
