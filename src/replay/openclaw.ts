/** OpenClaw's table at an address, for commands without a configuration. */
import { defaultConnection, defaultSourceOptions, type SourceOptions } from "../source/options.ts";
import { probeSource } from "../source/probe.ts";
import type { ColumnNames } from "./columns.ts";

/** Columns that name the model, unless a person names another one. */
const modelColumns = ["model", "model_name", "model_id"];

/** What a person has said of the table. */
export interface NamedTable {
  readonly table?: string | undefined;
  readonly columns?: ColumnNames | undefined;
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
  const { timestamp, feature, importance, model: named } = columns;
  const plain: SourceOptions = {
    ...defaultSourceOptions,
    name: "main",
    connection: { ...defaultConnection, url },
    ...(table !== undefined && { table }),
    columns: {
      timestamp: timestamp ?? defaultSourceOptions.columns.timestamp,
      feature: feature ?? defaultSourceOptions.columns.feature,
      importance: importance ?? defaultSourceOptions.columns.importance,
      ...(named !== undefined && { model: named }),
    },
  };
  if (named !== undefined) return plain;
  const { available } = await probeSource(plain);
  const model = modelColumns.find((name) => available.some((column) => column.name === name));
  if (model === undefined) return plain;
  say(`the column ${model} names the model`);
  return { ...plain, columns: { ...plain.columns, model } };
}
